"""Hashes: strong, never too many at once, and no quicker for strangers."""

from threading import Event, Thread

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from forum.accounts import passwords
from forum.accounts.passwords import TooBusy, hash_password, is_outdated, is_right


@pytest.fixture(autouse=True)
def cheap_hashes() -> None:
    """The real parameters, instead of the cheap ones of the other tests."""


def test_the_parameters_are_those_of_the_owasp() -> None:
    made = extract_parameters(hash_password("二十四亩苞谷地"))
    assert (made.type, made.memory_cost, made.time_cost, made.parallelism) == (Type.ID, 19456, 2, 1)


def test_right_and_wrong() -> None:
    kept = hash_password("二十四亩苞谷地")
    assert is_right("二十四亩苞谷地", kept)
    assert not is_right("二十四亩苞谷", kept)
    assert not is_right("the password of nobody", None)
    assert not is_right("x", "not a hash")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert not is_outdated(hash_password("x"))
    assert is_outdated(PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash("x"))


@pytest.mark.parametrize("known", [True, False])
def test_one_verification_is_paid_for_known_and_unknown(monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    kept = hash_password("x")
    seen: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str, password: str) -> bool:  # type: ignore[override]
            seen.append(str(extract_parameters(hash)))
            return True

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert is_right("x", kept if known else None) is known
    assert seen == [str(extract_parameters(kept))]


def test_no_more_than_the_cap_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    release, taken = Event(), []

    def hold() -> None:
        with passwords._place():
            taken.append(1)
            release.wait(5)

    threads = [Thread(target=hold) for _ in range(passwords.AT_ONCE)]
    for thread in threads:
        thread.start()
    while len(taken) < passwords.AT_ONCE:
        pass
    try:
        with pytest.raises(TooBusy) as busy:
            hash_password("x")
        assert busy.value.retry_after == busy.value.seconds > 0
    finally:
        release.set()
        for thread in threads:
            thread.join()
    assert hash_password("x")
