"""Rooms stand in an order, and import only from lower ones; so do the modules inside a room."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Low to high. What every room writes into (audit, outbox) lies below them all, and so does what that needs of the units.
GROUND = [
    "text",
    "sounds",
    "differences",
    "language",
    "clock",
    "logs",
    "headers",
    "addresses",
    "extensions",
    "village_markdown",
    "markup",
    "paging",
    "once",
    "forms",
    "downloads",
    "word",
]
DOOR = ["changes", "units.models", "units.actors", "belongings", "access", "errors", "health"]
RECORDS = ["audit", "notices.models", "notices.outbox"]
LOW = ["units", "accounts", "notices", "media", "tags", "screening", "threads"]
HIGH = [
    "learning",
    "consultations",
    "library",
    "meetings",
    "hall",
    "people",
    "search",
    "asking",
    "moderation",
    "insights",
    "trail",
    "takeout",
]
TOP = ["home", "navigation", "tables", "demo", "backups", "forum", "operations"]
ROOMS = [*GROUND, *DOOR, *RECORDS, *LOW, *HIGH, *TOP]
# Inside a room, in the order in which a reader opens them; modules of other names lie where they are needed.
LAYERS = ["models", "policies", "actions", "queries", "forms", "views"]


def module_name(path: Path) -> str:
    """``forum/units/models.py`` → ``forum.units.models``"""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted((ROOT / "forum").rglob("*.py"))}


def imports_of(module: str) -> set[str]:
    """The forum's modules that a module imports anywhere in its text."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return set(imported(ast.parse(path.read_text(encoding="utf-8")), package)) - {module}


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            names = [f"{source}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else source for name in names if source in MODULES)


def room_of(module: str) -> str | None:
    """The longest entry of ROOMS that names the module or a package around it; None for one that nobody has placed."""
    inner = module.removeprefix("forum.")
    while inner and inner not in ROOMS:
        inner = inner.rpartition(".")[0]
    return inner or None


def layer_of(module: str) -> int:
    """Which of LAYERS a module of a room is, -1 for none; ``cli`` and ``agenda_views`` are views."""
    for part in module.split(".")[2:]:
        part = "views" if part == "cli" or part.endswith("_views") else part
        if part in LAYERS:
            return LAYERS.index(part)
    return -1


def test_every_module_has_a_place() -> None:
    assert [module for module in MODULES if room_of(module) is None] == [], "say in ROOMS where they stand"


def test_a_room_imports_only_from_lower_rooms() -> None:
    upwards = [
        f"{module} ({room_of(module)}) imports {name} ({room_of(name)}), which stands higher"
        for module in MODULES
        for name in imports_of(module)
        if ROOMS.index(room_of(name) or "forum") > ROOMS.index(room_of(module) or "forum")
    ]
    assert upwards == [], "\n".join(upwards)


def test_inside_a_room_imports_run_one_way() -> None:
    upwards = [
        f"{module} imports {name}, but a room is read {' → '.join(LAYERS)}"
        for module in MODULES
        for name in imports_of(module)
        if name.split(".")[1:2] == module.split(".")[1:2] and -1 < layer_of(module) < layer_of(name)
    ]
    assert upwards == [], "\n".join(upwards)


def test_every_kind_of_import_is_seen() -> None:
    source = """
import forum.clock
from forum import text
from forum.units.models import Unit
from . import models
from ..units import actors
def late():
    from .actions import record
import json
"""
    seen = {"forum.clock", "forum.text", "forum.units.models", "forum.audit.models", "forum.units.actors"}
    assert set(imported(ast.parse(source), "forum.audit")) == seen | {"forum.audit.actions"}
