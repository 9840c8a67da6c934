"""What an operator is told, about a real database and a real Valkey."""

import pytest
from django.core.management import call_command
from django.db import connections

from tests import factories
from tests.notices.texting import connect
from wsr.management.commands import check_install
from wsr.notices.texts import gateways


def run(capsys):
    """(exit code, lines)"""
    try:
        call_command("check_install")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out.splitlines()


@pytest.fixture
def installed(transactional_db, settings, tmp_path):
    """A small installation on which nothing essential is missing."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").touch()


def test_a_complete_installation_is_told_so(installed, capsys):
    code, lines = run(capsys)

    assert [line for line in lines if line.startswith("Must")] == []
    assert lines[-1] == "Nothing essential is missing."
    assert code == 0


def test_what_is_missing_is_a_sentence_each_and_fails(installed, capsys, settings, tmp_path):
    settings.SECRET_KEY = "a" * 60
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["*"]
    settings.REDIS_URL = "redis://:hidden-password@127.0.0.1:1/0"
    settings.SIGNING_KEY = ""
    settings.VAULT_PEPPER = ""
    (settings.STATIC_ROOT / "staticfiles.json").unlink()

    code, lines = run(capsys)
    text = "\n".join(lines)

    assert code == 1
    for words in (
        "WSR_SECRET_KEY",
        "WSR_DEMO",
        "WSR_ALLOWED_HOSTS",
        "REDIS_URL",
        "signing key",
        "WSR_VAULT_PEPPER",
        "collectstatic",
    ):
        assert words in text
    assert "hidden-password" not in text
    assert "a" * 60 not in text


def test_a_powerful_login_is_refused(installed, monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "USER", connections.settings["admin"]["USER"])
    monkeypatch.setitem(
        connections.settings["default"], "PASSWORD", connections.settings["admin"]["PASSWORD"]
    )
    connections["default"].close()
    monkeypatch.setattr(connections["default"], "settings_dict", dict(connections.settings["default"]))

    sentences = [finding.sentence for finding in check_install.check_login("default")]
    connections["default"].close()

    assert len(sentences) == 1
    assert "too powerful" in sentences[0]


def test_a_login_that_cannot_connect_is_one_sentence_without_its_password(installed, monkeypatch):
    connections["public"].close()
    wrong = {**connections["public"].settings_dict, "PASSWORD": "wrong-password"}
    monkeypatch.setattr(connections["public"], "settings_dict", wrong)

    sentences = [finding.sentence for finding in check_install.check_databases()]

    assert len(sentences) == 1
    assert "prepare_database" in sentences[0]
    assert "wrong-password" not in sentences[0]


def test_folders_that_cannot_be_written_are_named(settings):
    settings.FILES_DIR = "/proc/files"

    findings = list(check_install.check_folders())

    assert any("/proc/files" in finding.sentence for finding in findings)


def test_gateways_of_text_messages_are_looked_at(transactional_db, settings, tmp_path):
    factories.program("garment")
    assert [str(found.sentence)[:44] for found in check_install.check_gateways()] == [
        "No gateway or sender of text messages for ga"
    ]
    settings.SMS_GATEWAYS = str(tmp_path / "gateways.json")
    fake = connect("nowhere")
    gateways.path().chmod(0o644)
    sentences = [found.sentence for found in check_install.check_gateways()]
    assert [words in " ".join(sentences) for words in ("chmod 600", "program nowhere", "for garment")] == [
        True
    ] * 3
    assert fake.gateway.secrets[0] not in " ".join(sentences)
    connect("garment")
    gateways.path().chmod(0o600)
    assert list(check_install.check_gateways()) == []
    gateways.path().write_text('{"a": {"program": "p", "number": "1", "url": "x", "secrets": ["whsec_x"]}}')
    [found] = check_install.check_gateways()
    assert (found.essential, "a: the number is written with +" in found.sentence) == (True, True)
