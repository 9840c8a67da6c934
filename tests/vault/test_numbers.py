"""Case numbers and secrets: hard to mistype, readable in every script, checked at the same cost."""

import threading

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from wsr.vault import numbers, secrets
from wsr.vault.keys import peppers
from wsr.vault.secrets import TooBusy

BENGALI, ARABIC, URDU = "০১২৩৪৫৬৭৮৯", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
eight = st.integers(10_000_000, 99_999_999).map(str)


def test_the_check_digit_is_damms():
    assert numbers.check_digit("572") == "4"  # the example of his thesis
    assert numbers.check_digit("43881234567") == "9"
    made = {numbers.new_number() for _ in range(200)}
    assert len(made) == 200
    assert all(numbers.is_number(number) and number[0] != "0" for number in made)


@given(eight, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_and_swapped_neighbors_are_noticed(digits, position, shift):
    number = digits + numbers.check_digit(digits)
    wrong = list(number)
    wrong[position] = str((int(wrong[position]) + shift) % 10)
    assert not numbers.is_number("".join(wrong))
    swapped = list(number)
    other = min(position + 1, 8)
    swapped[position], swapped[other] = swapped[other], swapped[position]
    assert numbers.is_number("".join(swapped)) == (swapped[position] == swapped[other])


@pytest.mark.parametrize("script", [BENGALI, ARABIC, URDU])
def test_every_script_spaces_and_hyphens_are_read(script):
    number = numbers.new_number()
    typed = "".join(script[int(digit)] for digit in number)
    for form in (typed, f" {typed[:3]} {typed[3:6]}-{typed[6:]}\u200f ", f"{number[:4]}–{typed[4:]}"):
        assert numbers.read_number(form) == number
    assert numbers.shown(number) == f"{number[:3]}-{number[3:6]}-{number[6:]}"


@pytest.mark.parametrize("text", ["", "12", "abc", "12345678x", "000000000", "½23456789", "1" * 500])
def test_what_is_no_number_is_none(text):
    assert not numbers.is_number(text)


def test_a_secret_opens_its_own_number_alone():
    secret = secrets.new_secret()
    hashed = secrets.hash_secret("482193047", secret)
    assert (len(secret), secret.isdigit()) == (12, True)
    assert secrets.is_right("482193047", secrets.read_secret(secrets.shown(secret)), hashed)
    assert not secrets.is_right("482193047", secrets.new_secret(), hashed)
    assert not secrets.is_right("482193048", secret, hashed)
    assert not secrets.is_right("482193047", "", hashed)
    assert not secrets.is_right("482193047", secret, None)
    assert not secrets.is_right("", "", None)
    assert secret not in hashed
    assert hashed.startswith(f"{peppers()[0].id}$argon2id$")
    assert secrets.is_right("482193047", secret, hashed[16:])  # from before there were ids
    assert hashed != secrets.hash_secret("482193047", secret)  # a salt of its own


def test_another_pepper_opens_nothing(settings):
    secret = secrets.new_secret()
    hashed = secrets.hash_secret("482193047", secret)
    settings.VAULT_PEPPER = settings.VAULT_KEY
    assert not secrets.is_right("482193047", secret, hashed)


def test_an_unknown_number_costs_what_a_known_one_costs(settings, monkeypatch):
    hashed = secrets.hash_secret("482193047", "1" * 12)
    checked = []
    original = secrets.PasswordHasher.verify
    monkeypatch.setattr(
        secrets.PasswordHasher, "verify", lambda self, *args: checked.append(args) or original(self, *args)
    )
    for number, secret, against in (
        ("482193047", "2" * 12, hashed),
        ("482193047", "2" * 12, None),
        ("", "", None),
    ):
        assert not secrets.is_right(number, secret, against)
    assert [len(plain) for _hash, plain in checked] == [32, 32, 32]
    assert len({str(extract_parameters(against)) for against, _plain in checked}) == 1


def test_a_hash_made_at_another_cost_still_opens(settings):
    secret = secrets.new_secret()
    hashed = secrets.hash_secret("482193047", secret)
    settings.SECRET_HASH = {"time_cost": 2, "memory_cost": 128, "parallelism": 1}
    assert secrets.is_right("482193047", secret, hashed)


def test_so_many_checks_at_a_time_and_no_more(settings, monkeypatch):
    monkeypatch.setattr(secrets, "PATIENCE", 0)
    hashed = secrets.hash_secret("482193047", "1" * 12)
    running, most = 0, 0
    lock, all_in = threading.Lock(), threading.Barrier(settings.SECRET_CHECKS, timeout=30)

    class Slow:
        def verify(self, *_args):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            all_in.wait()
            done.wait(30)
            with lock:
                running -= 1
            return True

    done = threading.Event()
    monkeypatch.setattr(secrets, "_hasher", Slow)
    first = [
        threading.Thread(target=secrets.is_right, args=("482193047", "1" * 12, hashed))
        for _ in range(settings.SECRET_CHECKS - 1)
    ]
    for thread in first:
        thread.start()
    last = threading.Thread(target=secrets.is_right, args=("482193047", "1" * 12, hashed))
    last.start()
    while most < settings.SECRET_CHECKS:
        threading.Event().wait(0.005)
    with pytest.raises(TooBusy, match="Wait a few seconds"):
        secrets.is_right("482193047", "1" * 12, hashed)
    done.set()
    for thread in (*first, last):
        thread.join()
    assert (most, running) == (settings.SECRET_CHECKS, 0)


def test_a_flood_never_has_every_turn_and_waits_for_none(monkeypatch):
    begun, done = threading.Event(), threading.Event()
    plain = secrets._hasher()

    class Slow:
        def hash(self, text):
            begun.set()
            done.wait(30)
            return plain.hash(text)

    monkeypatch.setattr(secrets, "_hasher", Slow)
    first = threading.Thread(
        target=secrets.hash_secret, args=("482193047", "1" * 12), kwargs={"is_flood": True}
    )
    first.start()
    begun.wait(30)
    monkeypatch.setattr(secrets, "_hasher", lambda: plain)
    with pytest.raises(TooBusy):
        secrets.hash_secret("482193047", "2" * 12, is_flood=True)
    assert secrets.hash_secret("482193047", "3" * 12)
    done.set()
    first.join()
    assert secrets.hash_secret("482193047", "4" * 12, is_flood=True)
