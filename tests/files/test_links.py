"""Links to files: for one person, one file, a few minutes, and only while she may read it."""

import datetime as dt
import re
from base64 import urlsafe_b64decode

import pytest
from django.utils import timezone

from tests import factories
from tests.files import making
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.files import links, operations
from wsr.files.models import StoredFile
from wsr.tenancy import Audience, circles, program_scope


@pytest.fixture
def file(program):
    with program_scope(program.pk):
        return operations.take_in(chunks=[making.jpeg()], name="wall.jpeg", by=None, at=timezone.now()).file


@pytest.fixture
def link(program, director, file):
    """A link of the director, made that many seconds ago."""

    def make(ago: int = 0):
        with program_scope(program.pk, person_id=director.pk):
            return links.link_to(file, person=director, at=timezone.now() - dt.timedelta(seconds=ago))

    return make


def test_a_link_hands_out_the_clean_copy_as_a_download(client, director, file, link):
    factories.sign_in(client, director)
    answer = client.get(link())
    content = b"".join(answer.streaming_content)
    assert content == file.path.read_bytes()
    assert [secret for secret in making.SECRETS if secret in content] == []
    assert {
        name: answer[name] for name in answer.headers if name.startswith(("Content-", "X-Content", "Cache"))
    } == {
        "Content-Type": "image/jpeg",
        "Content-Length": str(file.size),
        "Content-Disposition": 'attachment; filename="wall.jpeg"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Content-Language": "en",
        "Cache-Control": "private, no-store",
    }


def test_a_link_says_nothing(program, director, file, link):
    token = link().split("/")[2]
    assert re.fullmatch(r"[\w-]+", token)
    raw = urlsafe_b64decode(token + "==")
    for row in (program, director, file):
        assert str(row.pk).encode() not in raw
        assert row.pk.bytes not in raw


def test_a_link_expires_with_a_sentence(client, director, link, settings):
    factories.sign_in(client, director)
    assert client.get(link(settings.FILE_LINK_SECONDS - 30)).status_code == 200
    answer = client.get(link(settings.FILE_LINK_SECONDS + 30))
    assert (answer.status_code, b"This link has expired. Go back" in answer.content) == (410, True)


def test_a_link_is_for_nobody_else(client, program, link):
    made = link()
    assert client.get(made).status_code == 302
    factories.sign_in(client, factories.member(program, Role.DIRECTOR))
    assert client.get(made).status_code == 404
    assert client.get(made[:-3] + "x/").status_code == 404
    assert client.get("/files/x/").status_code == 404


def test_who_has_left_the_program_gets_nothing(client, program, director, link):
    made = link()
    factories.sign_in(client, director)
    with program_scope(program.pk):
        Membership.objects.filter(person=director).update(ended_at=timezone.now())
    assert client.get(made).status_code == 404


def test_who_was_dismissed_from_the_circle_gets_nothing(program, client):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    auditor = factories.member(program, Role.AUDITOR)
    with program_scope(program.pk, person_id=planner.pk):
        circle = Membership.objects.get(person=auditor).pk
        circles.admit(circle, planner.pk)
        circles.admit(circle, auditor.pk)
    organization = None
    with program_scope(program.pk):
        organization = Membership.objects.get(person=auditor).organization_id
    now = timezone.now()
    with program_scope(program.pk, Audience.AUDITOR, person_id=auditor.pk, organization_id=organization):
        said = {"circle_id": circle, "secret_of": circle, "by": auditor, "at": now}
        secret = operations.take_in(chunks=[b"a note"], name="a.txt", **said).file
        made = links.link_to(secret, person=auditor, at=now)
    factories.sign_in(client, auditor)
    assert client.get(made).status_code == 200
    with program_scope(program.pk, person_id=planner.pk):
        circles.dismiss(circle, auditor.pk)
    assert client.get(made).status_code == 404
    director = factories.member(program, Role.DIRECTOR)
    with program_scope(program.pk, person_id=director.pk):
        assert StoredFile.objects.count() == 0
        opened = links.link_to(secret.pk, person=director, at=now)
    factories.sign_in(client, director)
    assert client.get(opened).status_code == 404


def test_links_outlive_a_change_of_the_secret_key(client, director, link, settings):
    made = link()
    factories.sign_in(client, director)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 10
    factories.sign_in(client, director)
    assert client.get(made).status_code == 200
