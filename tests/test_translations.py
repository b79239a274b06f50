"""Chinese is written in the sources and goes through gettext; the English catalogue says all of it, and nothing else."""

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import Environment, nodes
from sqlalchemy import String, cast, update

from forum.extensions import db
from forum.tags.actions import load_taxonomy
from forum.units.models import Person, Posting, Unit
from tests.browsing import Browser
from tests.factories import World, make_thread

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "forum/translations/en/LC_MESSAGES/messages.po"

CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")  # all but the wide blank, which indents
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
GETTEXT = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}

# Headers of the rosters that offices keep: these columns are read under their Chinese names only.
KEPT_IN_ENGLISH = {
    "镇街、管区、村、姓名、手机、职务、任职时间",
    "镇街、管区、手机、职务、任职时间",
    "村",
    "姓名",
}

# Chinese in the sources that nobody reads in the interface. Regular expressions read what people wrote and need no entry.
KEPT_FILES = {
    "forum/demo/*.py": "people, places and writings of the invented district",
    "forum/meetings/papers/*.py": "official papers, which have their form in Chinese",
    "forum/search/language.py": "what can be said in the search box",
    "forum/learning/trips/report.py": "an office's paper, which has its form in Chinese",
    "forum/learning/lectures/texts.py": "what a lecture says as the opening of its thread, which others read",
    "forum/learning/trips/texts.py": "what a trip and its notes say as posts, which others read",
    "forum/search/terms.py": "the characters of Chinese writing, and what people say around their question",
    "forum/units/roster_header.py": "how offices head the columns of their rosters",
    "forum/units/titles.py": "how rosters write the titles of postings",
    "forum/village_markdown.py": "the marks that people write with",
    "forum/units/roster_template.py": "a workbook that Chinese offices fill in and that is read back",
}
KEPT_STRINGS = {
    "forum/accounts/password_rules.py": ("村 社区 镇 街道 乡 区 县 市", "the endings of place names, in passwords"),
    "forum/language.py": ("零一二三四五六七八九十", "small numbers in Chinese; English has digits"),
    "forum/clock.py": ("年 月 日", "dates in Chinese; English ones are written another way"),
    "forum/word.py": (
        "方正小标宋简体 黑体 楷体_GB2312 仿宋_GB2312 宋体 楷体 仿宋 ：",
        "the names of fonts, and the colon behind a label",
    ),
    "forum/markup.py": ("。！？；!?", "where a sentence ends in what people wrote"),
    "forum/meetings/labels.py": ("年 月", "months in Chinese; English ones are written another way"),
    "forum/operations/actions.py": ("系统管理员", "the title of a posting, stored as data"),
    "forum/operations/cli.py": ("！", "a mark before a line, no word"),
    "forum/screening/matching.py": ("＊", "what covers a letter"),
    "forum/screening/personal.py": (
        "〇零○ 壹弌一幺 贰貳弍二两 叁參弎三 肆四 伍五 陆陸六 柒七 捌八 玖九 ｘＸx× －—–‐·．. +年月日号/",
        "how numbers and days are written",
    ),
    "forum/search/naming.py": (
        "镇 乡 村 街道 社区 管区 书记|主任|支书|委员|村长",
        "what follows a place's or a person's name",
    ),
    "forum/tags/actions.py": ("：", "a colon that parts nothing"),
    "forum/threads/importing.py": ("佚名 本区", "the names of an unknown author and district, stored as data"),
    "forum/meetings/actions.py": ("上期落实情况", "the title of a line that every agenda begins with, stored as data"),
    "forum/meetings/published.py": ("（ ）", "how the database puts an expert's bureau behind his name"),
    "forum/units/dates.py": ("年 .年 〇○零一二三四五六七八九", "how dates are written in rosters"),
    "forum/units/roster_file.py": (
        "空缺 暂缺 缺 无 待定 待选 空 不详 暂无 书记",
        "how rosters say that a cell holds nothing",
    ),
    "forum/units/roster_plan.py": ("书记 副书记", "the titles of postings, stored as data"),
    "forum/units/spreadsheet.py": (",\t;，|", "what stands between the cells of a CSV file"),
    "forum/units/views/rosters.py": ("名册模板.xlsx", "the file of that workbook"),
    "templates/accounts/me.html": ("中文", "a language is named in itself"),
    "templates/base.html": ("中文", "a language is named in itself"),
    "forum/threads/prescriptions.py": ("【诊断】 【开方】", "they stand in what was written"),
}


@pytest.fixture(scope="module")
def written() -> Catalog:
    """The English catalogue as it lies in the project."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the sources say now."""
    template = tmp_path_factory.mktemp("messages") / "messages.pot"
    folders = [str(ROOT / "forum"), str(ROOT / "templates")]
    _babel("extract", "--mapping", str(ROOT / "pyproject.toml"), "--output", str(template), *folders)
    with template.open("rb") as file:
        return read_po(file)


def _babel(*words: str) -> None:
    CommandLineInterface().run(["pybabel", "--quiet", *words])


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(texts: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(written: Catalog, extracted: Catalog) -> None:
    said, known = ({message.id for message in _messages(catalogue)} for catalogue in (extracted, written))
    assert len(said) > 500  # the sources were read
    assert (said - known, known - said, set(written.obsolete)) == (set(), set(), set()), "run `make messages`"


def test_every_message_has_its_english(written: Catalog) -> None:
    assert [m.id for m in _messages(written) if m.fuzzy or not all(text.strip() for text in _forms(m.string))] == []


def test_plurals_have_both_forms(written: Catalog) -> None:
    assert written.num_plurals == 2
    assert [m.id for m in _messages(written) if len(_forms(m.string)) != len(_forms(m.id))] == []


def test_placeholders_are_those_of_the_source(written: Catalog) -> None:
    def differs(message: Message) -> bool:
        wanted = sorted(PLACEHOLDER.findall(_forms(message.id)[0]))
        return any(sorted(PLACEHOLDER.findall(text)) != wanted for text in _forms(message.string))

    assert [(m.id, m.string) for m in _messages(written) if differs(m)] == []


def test_english_is_english(written: Catalog) -> None:
    def without_names(text: str) -> str:
        return re.sub("“([^”]+)”", lambda match: "" if match[1] in KEPT_IN_ENGLISH else match[0], text)

    assert [
        m.string for m in _messages(written) if any(CHINESE.search(without_names(t)) for t in _forms(m.string))
    ] == []


def _loose_python(path: Path) -> Iterator[str]:
    """Chinese string literals that are no argument of gettext, no part of a regular expression and no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a string that is a statement of its own explains
            known.add(id(node.value))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            is_pattern = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
            if name in GETTEXT or is_pattern:
                known.update(id(part) for argument in node.args for part in ast.walk(argument))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
            yield node.value


def _loose_template(path: Path) -> Iterator[str]:
    """Texts and string literals of a template that are no argument of gettext; its comments are not seen."""
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in GETTEXT]
    known = {id(argument) for call in calls for argument in call.args}
    yield from (data.data for data in tree.find_all(nodes.TemplateData))
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in known:
            yield constant.value


def _loose() -> dict[str, set[str]]:
    """The Chinese outside gettext of each file that has some."""
    sources: list[tuple[str, str, Callable[[Path], Iterator[str]]]] = [
        ("forum", "*.py", _loose_python),
        ("templates", "*.html", _loose_template),
    ]
    found = {
        path.relative_to(ROOT).as_posix(): {text.strip() for text in read(path) if CHINESE.search(text)}
        for folder, pattern, read in sources
        for path in (ROOT / folder).rglob(pattern)
    }
    return {path: texts for path, texts in found.items() if texts}


def test_interface_texts_go_through_gettext() -> None:
    loose = _loose()
    for pattern in KEPT_FILES:
        kept = [path for path in loose if fnmatch(path, pattern)]
        assert kept, f"{pattern} needs no exception any more"
        for path in kept:
            del loose[path]
    assert loose == {path: set(texts.split(" ")) for path, (texts, _) in KEPT_STRINGS.items()}


class _Text(HTMLParser):
    """The words of a page as they are read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = ("alt", "aria-label", "placeholder", "title", "value", "content")
        self.words += [value or "" for name, value in attrs if name in shown or name.startswith("data-")]


@pytest.fixture
def english(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application reads a catalogue compiled just now."""
    target = tmp_path / "en" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    _babel("compile", "--input-file", str(PO), "--output-file", str(target))
    babel = app.extensions["babel"]
    monkeypatch.setattr(babel, "translation_directories", [str(tmp_path)])
    monkeypatch.setattr(babel.instance.domain_instance, "cache", {})


@pytest.fixture
def english_world(world: World) -> World:
    """The small district under English names, with one question: no Chinese comes from what people entered."""
    for table, column in ((Unit, Unit.name), (Person, Person.name), (Posting, Posting.title)):
        db.session.execute(update(table).values({column: "Name " + cast(table.id, String)}))
    load_taxonomy()
    make_thread(world.secretary, title="A street lamp is broken", body="Who repairs it?", id=1)
    db.session.commit()
    return world


@pytest.mark.usefixtures("english")
def test_pages_in_english_hold_no_chinese(english_world: World, browse: Callable[..., Browser]) -> None:
    browser = browse(english_world.secretary)
    browser.set_cookie("language", "en")
    left = {}
    for page in (
        "/",
        "/threads/",
        "/threads/1",
        "/threads/ask",
        "/search",
        "/library/",
        "/meetings/",
        "/me",
        "/nowhere",
    ):
        text = _Text()
        text.feed(browser.get(page).get_data(as_text=True))
        assert "Library" in (word.strip() for word in text.words), page
        left[page] = {word for word in text.words if CHINESE.search(word)}
    assert {page: words for page, words in left.items() if words != {"中文"}} == {}
