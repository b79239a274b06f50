"""The locks: everything by version and hash, and no word of where it was fetched from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENT = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[0-9][0-9a-z.]*)"
    r'(?P<marker> ; platform_system == "Linux" and platform_machine == "x86_64")?'
    r"(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)"
)
FLOOR = re.compile(r"(?P<name>[a-z0-9-]+)(?:\[[a-z,]+\])?>=(?P<version>[0-9.]+)(?P<marker>; .+)?")


def locked(name: str) -> dict[str, str]:
    """Versions by package; fails on any line that is not a package with its hashes."""
    lines = (ROOT / name).read_text(encoding="ascii").replace("\\\n", "").splitlines()
    found = {}
    for line in lines:
        match = REQUIREMENT.fullmatch(" ".join(line.split()))
        assert match, f"{name}: not a version with hashes: {line[:80]}"
        found[match["name"]] = match["version"]
    return found


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_is_versions_and_hashes_and_nothing_else(name: str) -> None:
    assert len(locked(name)) > 30


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_reaches_every_floor_of_the_project(lock: str, wanted: list[str]) -> None:
    versions = locked(lock)
    for line in wanted:
        floor = FLOOR.fullmatch(line)
        assert floor, f"pyproject.toml gives no floor: {line}"
        assert numbers(versions[floor["name"]]) >= numbers(floor["version"]), line


def test_who_tests_has_what_runs() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_there_is_no_other_lock() -> None:
    assert [
        p.name for pattern in ("uv.lock", "package-lock.json", "poetry.lock", "Pipfile*") for p in ROOT.glob(pattern)
    ] == []
