"""The demo district's files as read, and the few questions that the tests ask of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import forum

ROOT = Path(forum.__file__).parent
DATA = ROOT / "demo" / "data"
Row = dict[str, Any]


def read(pattern: str) -> list[Row]:
    """All rows of the files of this pattern, each of which is a list."""
    return [row for path in sorted(DATA.glob(pattern)) for row in json.loads(path.read_text(encoding="utf-8"))]


def units_below(unit: Row, township: str | None = None) -> Iterator[tuple[Row, str | None]]:
    """The unit and everything under it, each with the name of its township."""
    township = unit["name"] if unit["kind"] == "township" else township
    yield unit, township
    for child in unit.get("children", []):
        yield from units_below(child, township)


def replies_below(post: Row) -> Iterator[tuple[Row, Row]]:
    """Every reply under a post with what it answers."""
    for reply in post.get("replies", []):
        yield reply, post
        yield from replies_below(reply)


GROUPS = json.loads((ROOT / "tags" / "taxonomy.json").read_text(encoding="utf-8"))["groups"]
UNITS = list(units_below(json.loads((DATA / "units.json").read_text(encoding="utf-8"))))
TOWNSHIP_OF = {unit["name"]: township for unit, township in UNITS}
PEOPLE = read("people.json")
POSTINGS = {person["name"]: person["postings"] for person in PEOPLE}
THREADS = read("threads-*.json")
PANELS = read("panels.json")
REPLIES = [(thread, reply, parent) for thread in THREADS for reply, parent in replies_below(thread)]
POSTS = THREADS + [reply for _, reply, _ in REPLIES]
OUTCOMES = [(thread, thread["outcome"]) for thread in THREADS if "outcome" in thread]
FOLLOW_UPS = read("follow-ups.json")
LOOKS = [(entry, look) for entry in FOLLOW_UPS for look in entry["looks"]]
MEETINGS = read("meetings-*.json")
TRIPS = read("trips.json")
CARDS = read("cards.json")
LEAVES = {tag["code"] for group in GROUPS for tag in group["tags"]}
KIND_OF = {unit["name"]: unit["kind"] for unit, _ in UNITS}
KEYS = [post["key"] for post in POSTS if "key" in post]
FACTS = read("village-facts.json")
ADOPTIONS = read("adoptions.json")
SHELVES = read("shelves.json")
SUGGESTIONS = read("suggestions.json")
REPORTS = read("reports.json")


def held_on(name: str, days_ago: int) -> list[Row]:
    """The postings that a person held that many days before the day of loading."""
    return [p for p in POSTINGS[name] if p["since_days_ago"] >= days_ago >= p.get("until_days_ago", days_ago)]


def secretaries(township: str, days_ago: int) -> set[str]:
    """Who was a secretary in this township that day."""
    return {
        name
        for name in POSTINGS
        for posting in held_on(name, days_ago)
        if posting["role"] == "secretary" and TOWNSHIP_OF[posting["unit"]] == township
    }


def moment(row: Row) -> tuple[int, str]:
    """Grows with time: sorts what happened earlier first."""
    return (-row["days_ago"], row["time"])


def letters(text: str) -> int:
    """How long a text is, blanks and line ends not counted."""
    return len("".join(text.split()))
