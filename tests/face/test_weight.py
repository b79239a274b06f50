"""The face stays light, stays at home, and obeys the content security policy."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN_STATIC = [p for p in (ROOT / "static").rglob("*") if p.is_file() and "vendor" not in p.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Opened in a mailbox or from a disk, where no policy of ours reaches.
ELSEWHERE = {ROOT / "templates" / "notices" / "mail", ROOT / "templates" / "takeout" / "file.html"}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FOREIGN = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[a-z]{2,}", re.IGNORECASE)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


EVERYWHERE = {"forum.css", "forum.js"}  # what every page loads; the others belong to a few pages


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


@pytest.mark.parametrize(("name", "most"), [("forum.css", 15 * 1024), ("forum.js", 10 * 1024)])
def test_what_every_page_loads_is_light_enough_for_a_weak_line(name: str, most: int) -> None:
    assert 0 < weight(ROOT / "static" / name) <= most


def test_what_a_page_loads_besides_is_little() -> None:
    besides = [p for p in OWN_STATIC if p.suffix in {".css", ".js"} and p.name not in EVERYWHERE]
    assert besides
    assert {p.name: weight(p) for p in besides if weight(p) > 2 * 1024} == {}


@pytest.mark.parametrize(
    "path", [*TEMPLATES, *(p for p in OWN_STATIC if p.suffix in {".css", ".js", ".svg"})], ids=named
)
def test_nothing_comes_from_another_host(path: Path) -> None:
    assert FOREIGN.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if not {path, *path.parents} & ELSEWHERE], ids=named)
def test_nothing_inline_that_the_policy_forbids(path: Path) -> None:
    html = JINJA.sub("x", path.read_text(encoding="utf-8"))
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(html)] == []


def test_no_text_is_smaller_than_the_body() -> None:
    css = (ROOT / "static" / "forum.css").read_text(encoding="utf-8")
    screen = css.split("@media print")[0]
    sizes = re.findall(r"(?:font-size:|font:[^;/]*?)\s*([\d.]+)(rem|em|px|pt)", screen)
    assert len(sizes) > 5
    assert [(number, unit) for number, unit in sizes if unit != "rem" or float(number) < 1] == []
