"""The documents tell the truth: what they name is there, and what is there is named, in both languages."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from config import Settings
from forum import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
TRUST = "docs/trust.md"
DOCUMENTS = (*READMES, "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))


def read(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def spans(document: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", read(document))


def rows(document: str, first: str) -> list[list[str]]:
    """The cells of the table rows whose first cell is a code span that fits the pattern."""
    lines = re.findall(rf"^\| (`{first}` \|.*) \|$", read(document), re.MULTILINE)
    return [line.split(" | ") for line in lines]


def commands_of(document: str) -> Iterator[str]:
    """The commands named, without ``flask --app wsgi``: also short ones like ``tags merge CODE INTO``."""
    groups = {name.rpartition(":")[2] for name in COMMANDS}
    for span in spans(document):
        words = span.removeprefix("flask --app wsgi ").split()
        if span.startswith("flask ") or (len(words) > 1 and words[0] in groups):
            yield " ".join(words)


@pytest.fixture
def flask_commands(app: Flask) -> dict[str, click.Command]:
    """Every command of the application with its groups before it."""
    group = FlaskGroup(create_app=lambda: app)
    context = click.Context(group, obj=ScriptInfo(create_app=lambda: app))

    def below(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from below(command, f"{path}{name} ")
            elif command is not None:
                yield f"{path}{name}", command

    return dict(below(group, ""))


@pytest.mark.parametrize("document", READMES)
def test_the_map_names_every_room(document: str) -> None:
    rooms = {f"`forum/{path.parent.name}`" for path in (ROOT / "forum").glob("*/__init__.py")}
    assert {cells[0].removesuffix(" |") for cells in rows(document, r"forum/\w+")} == rooms


@pytest.mark.parametrize("document", READMES)
def test_the_table_names_every_setting_with_its_default(document: str) -> None:
    table = {cells[0].strip("`"): cells[1] for cells in rows(document, "[A-Z_]+")}
    assert set(table) == {field.name.upper() for field in fields(Settings)}
    source = read("config.py")
    for name in ("DEBUG", "DATA_DIR", "HOST", "PORT"):
        assert f'env.get("{name}") or "{table[name].strip("`")}"' in source


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_named_exists(document: str) -> None:
    makefile = read("Makefile").replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([\w./-]+):(?!=)", makefile, re.MULTILINE))
    named = re.findall(r"(?:^ {4}|`)make ([\w./-]+)", read(document), re.MULTILINE)
    assert set(named) <= targets
    assert document not in READMES or {"run", "test", "check", "bench"} <= set(named)


@pytest.mark.parametrize("document", READMES)
def test_every_command_is_named_and_every_one_named_exists(
    document: str, flask_commands: dict[str, click.Command]
) -> None:
    own = {name.rpartition(":")[2] for name in COMMANDS}
    named = set()
    for line in commands_of(document):
        found = [path for path in flask_commands if f"{line} ".startswith(f"{path} ")]
        assert found, f"there is no command {line}"
        named |= set(found)
    assert {path for path in flask_commands if path.split()[0] in own} <= named


@pytest.mark.parametrize("document", READMES)
def test_the_options_of_a_command_exist(document: str, flask_commands: dict[str, click.Command]) -> None:
    for line in re.findall(r"^\| `flask --app wsgi (.*)$", read(document), re.MULTILINE):
        command = next((flask_commands[path] for path in flask_commands if line.startswith(path)), None)
        known = {name for parameter in command.params for name in parameter.opts} if command else set()
        assert set(re.findall(r"`(--[a-z-]+)", line)) <= known, line


@pytest.mark.parametrize("document", [*READMES, TRUST])
def test_functions_and_files_named_exist(document: str) -> None:
    for span in spans(document):
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+(\.[A-Z_]+)?", span) and not re.search(r"\.(py|md|db)$", span):
            resolve_name(f"forum.{span}")
        elif re.fullmatch(r"(forum|tests|templates|docs|\.ci)/[\w./-]+", span):
            assert (ROOT / span).exists(), span


@pytest.mark.parametrize("document", READMES)
def test_words_of_the_code_are_classes_of_it(document: str) -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "forum").rglob("*.py"))
    classes = set(re.findall(r"^class (\w+)", source, re.MULTILINE))
    table = [line.split(" | ") for line in read(document).splitlines() if re.match(r"\| [^\x00-\x7f]", line)]
    *built, later = [re.findall(r"`([A-Z][A-Za-z]+)", cells[1]) for cells in table]
    assert {word for words in built for word in words} <= classes
    assert later
    assert not classes & set(later), "it has been built: give it a line of its own"


def test_both_languages_name_the_same_things() -> None:
    assert sorted(set(spans(READMES[0]))) == sorted(set(spans(READMES[1])))
    assert read(READMES[0]).count("\n## ") == read(READMES[1]).count("\n## ")


def test_every_promise_names_its_test_or_says_that_it_has_none() -> None:
    lines = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", read(TRUST), re.MULTILINE)
    assert sorted(int(number) for number, *_ in lines) == list(range(1, 79))
    open_ends = r"\*\*Not (met|yet)|does not apply|\*\*Not measured"
    for number, _promise, shown, figure in lines:
        assert re.search(r"`(tests/\S+\.py|python -m tests\.bench \w+)`", shown) or re.search(open_ends, figure), number


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_files_lead_somewhere(document: str) -> None:
    text = read(document)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    assert targets or document not in READMES
    for target in targets:
        if not target.startswith("https://"):
            assert (ROOT / document).parent.joinpath(target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*")), ids=lambda path: path.name)
def test_pictures_are_light_and_used(picture: Path) -> None:
    assert picture.stat().st_size < 150_000
    assert all(f"docs/pictures/{picture.name}" in read(readme) for readme in READMES)
