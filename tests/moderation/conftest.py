"""Sending one-button forms without looking for the button."""

import re

from tests.browsing import Browser


def token(browser: Browser) -> dict[str, str]:
    """The header that scripts send for a form of ours, from a page that everybody signed in may open."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/suggestions/new").get_data(as_text=True))
    assert found
    return {"X-CSRFToken": found[1]}
