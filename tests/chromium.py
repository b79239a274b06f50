"""One headless Chromium for the whole run; a test that asks for it carries the mark ``browser``."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's /dev/shm is too small for a page with pictures
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """The browser's program: what ``CHROMIUM`` names, or the system's."""
    return shutil.which(os.environ.get("CHROMIUM") or "chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the test is skipped, or fails where ``REQUIRE_ALL`` is set."""
    program = find_chromium()
    if program is None:
        absent = pytest.fail if os.environ.get("REQUIRE_ALL") else pytest.skip
        absent("no Chromium is installed and CHROMIUM names none")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.hookimpl(tryfirst=True)  # before ``-m`` chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the browser, and what asks no database: a second database tells nothing new of it."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if "chromium" in used:
            item.add_marker("browser")
        if not used & {"application", "fresh_app"}:
            item.add_marker("pure")
