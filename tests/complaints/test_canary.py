"""One complaint with words found nowhere else goes the whole way; then every place where something is kept is searched for them."""

import logging
import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint
from tests import factories
from tests.complaints.test_worker_pages import CASE, receipt_on
from wsr.deadlines.operations.sweeping import answer_asked
from wsr.notices import relay
from wsr.registry.models import Identity, Listing
from wsr.tenancy import engine_scope, program_scope

STORY = "CANARYSTORY they keep our passports"
NAME = "CANARYNAME Akter"
PHONE = "01755512345"
SAFE = "CANARYSAFE after eight"
REPLY = "CANARYREPLY he shouted"


def published(program, workplace):
    """The workplace with a public page."""
    with engine_scope(program.pk):
        Identity.objects.create(
            kind="workplace", subject_id=workplace.pk, public_id="CANARYID-1", created_at=timezone.now()
        )
        Listing.objects.create(
            public_id="CANARYID-1",
            kind="workplace",
            version=1,
            act="add",
            publication=1,
            published_at=timezone.now(),
            is_shown=True,
            digest=b"",
            name="Sunrise Ltd",
        )


def everything_in_the_database() -> dict[str, str]:
    """{table: all its rows as text}, past every policy."""
    found = {}
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
            found[table] = cursor.fetchone()[0] or ""
    return found


def everything_in_valkey() -> str:
    """Every key and every value, of cache and broker."""
    client = cache._cache.get_client(None, write=True)
    read = {
        b"string": lambda key: client.get(key),
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": lambda key: client.smembers(key),
        b"hash": lambda key: client.hgetall(key),
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    return " ".join(
        f"{key} {read[client.type(key)](key)}" for key in client.scan_iter() if client.type(key) in read
    )


def spellings(text: str) -> list[str]:
    """As it would stand in text, in a URL, and in bytes shown as hexadecimal."""
    return [text, quote(text), text.encode().hex()]


@pytest.mark.usefixtures("transactional_db")
def test_a_complaint_is_found_nowhere_in_clear(caplog):
    caplog.set_level(logging.DEBUG)
    program = factories.program()
    factories.member(program, "case_handler")
    workplace = factories.workplace(program, name="Sunrise Ltd")
    published(program, workplace)
    client, place = Client(), f"/report/{program.slug}/"

    assert "Sunrise Ltd" in client.get(f"{place}?q=3&w=CANARYID-1").content.decode()
    for number, said in enumerate(
        [
            {"what": STORY},
            {"where": "Sunrise Ltd"},
            {},
            {"danger": "yes"},
            {},
            {"name": NAME, "phone": PHONE, "safe_contact": SAFE},
        ],
        2,
    ):
        client.post(place, {"q": number, "w": "CANARYID-1", **said})
    drafted = everything_in_the_database()
    number, secret = (
        digits.replace("-", "") for digits in receipt_on(client.post(place, {"send": "1"}, follow=True))
    )
    client.post(CASE, {"number": number, "secret": "123456789012"})
    client.post(CASE, {"number": number, "secret": secret})
    client.post(CASE, {"act": "say", "text": REPLY})
    client.post(CASE, {"act": "say", "text": f"my code is {secret}"})
    answer_asked(at=timezone.now())
    for _ in range(2):  # first to whom, then the letters
        relay.relay(at=timezone.now())

    with program_scope(program.pk):
        complaint = Complaint.objects.get()
        assert (complaint.workplace_id, complaint.supplier_id) == (workplace.pk, workplace.supplier_id)
    assert REPLY in client.get(CASE).content.decode()
    kept = everything_in_the_database()
    numbered = kept.pop("complaints_complaint")
    assert number in numbered
    sinks = {
        **kept,
        "complaints_complaint": numbered.replace(number, ""),
        "drafts": " ".join(drafted.values()),
        "valkey": everything_in_valkey(),
        "logs": caplog.text,
        "mail": " ".join(str(message.message()) for message in mail.outbox),
        "files": _files(),
    }
    assert mail.outbox
    secrets = [STORY, "CANARYSTORY", NAME, "CANARYNAME", PHONE, SAFE, REPLY, number, secret]
    found = [
        (sink, text)
        for sink, content in sinks.items()
        for text in secrets
        for spelling in spellings(text)
        if re.search(re.escape(spelling), content, re.I)
    ]
    assert found == []


def _files() -> str:
    return " ".join(
        f"{path} {path.read_bytes()!r}" for path in settings.DATA_DIR.rglob("*") if path.is_file()
    )
