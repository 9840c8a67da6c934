"""What the log of a refusal holds."""

import logging

import pytest
from django.conf import settings

from wsr.accounts.logs import WithoutKeys


@pytest.fixture
def log(caplog):
    caplog.handler.addFilter(WithoutKeys())
    yield caplog
    caplog.handler.filters.clear()


def test_a_refused_link_is_logged_without_its_key(client, transactional_db, log):
    assert client.get("/invitation/opens-the-door/").status_code == 410

    assert "/invitation/…/" in log.text
    assert "opens-the-door" not in log.text


@pytest.mark.parametrize("door", ["/accounts/password/reset/key/", "/accounts/confirm-email/"])
def test_keys_of_links_from_e_mails_are_hidden(log, door):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", f"{door}opens-the-door/")

    assert f"Not Found: {door}…/" in log.text


def test_every_handler_hides_keys():
    assert all("keys" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
