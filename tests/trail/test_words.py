"""Every deed that the code records has its words, and no words are left over."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from forum.meetings.models import MeetingState
from forum.meetings.proposals.models import OfferAnswer
from forum.threads.tidying.models import DeedKind
from forum.trail.words import WORDS
from tests.test_rooms import MODULES

pytestmark = pytest.mark.pure

# What stands for an action in the source without being written there, by the module and the text of the expression.
SPOKEN = {
    ("forum.meetings.actions", "state.value"): {MeetingState.POSTPONED.value, MeetingState.CANCELLED.value},
    ("forum.meetings.proposals.actions", "answer.value"): {answer.value for answer in OfferAnswer},
    ("forum.threads.tidying.deeds", "kind.value"): {kind.value for kind in DeedKind},
    ("forum.threads.tidying.deeds", "deed.kind.value"): {kind.value for kind in DeedKind},
}


def recorded() -> set[str]:
    """Every action: written at ``record`` itself, or at a call of what hands its argument on to ``record``."""
    texts = {name: path.read_text("utf-8") for name, path in MODULES.items()}
    handing_on: dict[tuple[str, str], tuple[int, str]] = {}  # (module or "", function): which argument, what before it
    found: set[str] = set()
    for name in (name for name, text in texts.items() if "forum.audit.actions" in text):
        for function in (node for node in ast.walk(tree_of(texts[name])) if isinstance(node, ast.FunctionDef)):
            parameters = [argument.arg for argument in function.args.args]
            for call in calls(function, "record"):
                if isinstance(call.func, ast.Attribute) or len(call.args) < 2:
                    continue  # ``done.record(…)`` of a one-time token
                prefix, middle = split(call.args[1])
                if isinstance(middle, ast.Name) and middle.id in parameters:
                    where = "" if not function.name.startswith("_") else name
                    handing_on[where, function.name] = (parameters.index(middle.id), prefix)
                else:
                    found |= {prefix + each for each in said(name, middle)}
    for (where, function_name), (position, prefix) in handing_on.items():
        for name, text in texts.items():
            if where in ("", name) and f"{function_name}(" in text:
                for call in calls(tree_of(text), function_name):
                    found |= {prefix + each for each in said(name, call.args[position])}
    return found


tree_of = cache(ast.parse)


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
            yield node


def split(node: ast.expr) -> tuple[str, ast.expr]:
    """What an f-string begins with, and what comes then."""
    if isinstance(node, ast.JoinedStr):
        first, second = node.values
        assert isinstance(first, ast.Constant)
        assert isinstance(second, ast.FormattedValue)
        return str(first.value), second.value
    return "", node


def said(module: str, node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return said(module, node.body) | said(module, node.orelse)
    return SPOKEN[module, ast.unparse(node)]


def test_every_deed_has_its_words() -> None:
    actions = recorded()
    assert actions - set(WORDS) == set(), "say in forum/trail/words.py what was done"
    assert set(WORDS) - actions == set(), "nobody records these"
    assert len(actions) > 90
