"""When the database is away, even a reader who is signed in is told so in house style."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.extensions import login_manager


def test_the_page_for_an_absent_database_asks_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> None:
        raise OperationalError("SELECT 1", {}, OSError("unable to open database file"))

    monkeypatch.setattr(login_manager, "_request_callback", fail)
    response = app.test_client().get("/")
    assert response.status_code == 503
    assert "系统正忙" in response.text
    assert "unable to open" not in response.text
