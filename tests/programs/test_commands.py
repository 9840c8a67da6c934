"""Commands that start programs, and that refuse to make a demo elsewhere."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from wsr.accounts.models import Person
from wsr.tenancy.models import Program


def test_nothing_of_the_demo_exists_elsewhere(db, settings, client):
    settings.DEMO = False

    assert client.get(reverse("programs:demo_code")).status_code == 404
    for command in (["demo"], ["demo_code", "a@demo.example"]):
        with pytest.raises(CommandError, match="not a demo"):
            call_command(*command)
    assert not Program.objects.exists()


def test_the_command_starts_a_program_with_a_new_director(db, capsys):
    call_command(
        "start_program",
        name="Farms",
        slug="farms",
        blueprint="empty",
        director="New@example.org",
        time_zone="Asia/Dhaka",
    )

    assert "sets one with" in capsys.readouterr().out
    assert Program.objects.get().time_zone == "Asia/Dhaka"
    assert not Person.objects.get(email="new@example.org").has_usable_password()
    with pytest.raises(CommandError, match="already a program"):
        call_command(
            "start_program", name="Farms", slug="farms", blueprint="empty", director="other@example.org"
        )
    assert not Person.objects.filter(email="other@example.org").exists()
