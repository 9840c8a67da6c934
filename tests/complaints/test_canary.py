"""One complaint with words found nowhere else goes the whole way; then every place where something is kept is searched for them."""

import logging
import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, Respondent
from tests import factories
from tests.complaints.test_worker_pages import CASE, receipt_on
from tests.files import making as files
from tests.files import recordings
from tests.notices.texting import arrive, connect
from tests.programs.building import say
from wsr.deadlines.operations.sweeping import answer_asked
from wsr.notices import relay
from wsr.registry.models import Identity, Listing
from wsr.tenancy import engine_scope, program_scope

STORY = "CANARYSTORY they keep our passports"
NAME = "CANARYNAME Akter"
PHONE = "01755512345"
SAFE = "CANARYSAFE after eight"
REPLY = "CANARYREPLY he shouted"
FILE_NAME, OTHER_FILE = "CANARYFILE passport.jpg", "CANARYMEMO of Meena.amr"
EXIF, TAG, INSIDE = "Acme Phone", "memo from the dormitory", "CANARYINSIDE their list"
RESPONDENT = "CANARYBOSS Karim"
TEXTED, TEXTER = "CANARYTEXT they lock the gate", "+8801811223344"


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


def beside_the_database(caplog):
    """{sink: everything in it}."""
    return {
        "valkey": everything_in_valkey(),
        "logs": caplog.text,
        "mail": " ".join(str(message.message()) for message in mail.outbox),
        "files": everything_on_disk(),
    }


def in_clear(sinks, secrets):
    """(sink, secret) wherever one of them stands, however it is spelled."""
    return [
        (sink, text)
        for sink, content in sinks.items()
        for text in secrets
        for spelling in spellings(text)
        if re.search(re.escape(spelling), content, re.I)
    ]


def report_on_the_web(client, place, photo):
    """All steps of a worker's report, with a photo and a text file, up to the page before sending."""
    for number, said in enumerate(
        [
            {"what": STORY},
            {"where": "Sunrise Ltd", "against": "person", "person": RESPONDENT},
            {},
            {"danger": "yes"},
            {},
            {"name": NAME, "phone": PHONE, "safe_contact": SAFE},
        ],
        2,
    ):
        client.post(place, {"q": number, "w": "CANARYID-1", **said})
    for name, content in ((FILE_NAME, photo), ("list.txt", INSIDE.encode())):
        client.post(f"{place}?p=files", {"act": "file", "file": SimpleUploadedFile(name, content)})


def go_on_with_the_code(client, number, secret):
    """A wrong code, the right one, two messages (one with the code in it) and a voice memo."""
    client.post(CASE, {"number": number, "secret": "123456789012"})
    client.post(CASE, {"number": number, "secret": secret})
    client.post(CASE, {"act": "say", "text": REPLY})
    client.post(CASE, {"act": "say", "text": f"my code is {secret}"})
    memo = SimpleUploadedFile(OTHER_FILE, recordings.amr())
    client.post(f"{CASE}?p=files", {"act": "file", "file": memo})


@pytest.mark.usefixtures("transactional_db")
def test_a_complaint_is_found_nowhere_in_clear(caplog):
    photo = files.jpeg()  # Pillow itself logs what it writes into one
    caplog.set_level(logging.DEBUG)
    program = factories.program()
    factories.member(program, "case_handler")
    workplace = factories.workplace(program, name="Sunrise Ltd")
    published(program, workplace)
    say(program, "complaints.about_person", True)
    client, place = Client(), f"/report/{program.slug}/"

    assert "Sunrise Ltd" in client.get(f"{place}?q=3&w=CANARYID-1").content.decode()
    report_on_the_web(client, place, photo)
    drafted = {**everything_in_the_database(), "aside": everything_on_disk()}
    number, secret = (
        digits.replace("-", "") for digits in receipt_on(client.post(place, {"send": "1"}, follow=True))
    )
    go_on_with_the_code(client, number, secret)
    answer_asked(at=timezone.now())
    for _ in range(2):  # first to whom, then the letters
        relay.relay(at=timezone.now())

    with program_scope(program.pk):
        complaint = Complaint.objects.get()
        assert Respondent.objects.count() == 0  # in no circle, so nobody knows of one
        assert (complaint.workplace_id, complaint.supplier_id) == (workplace.pk, workplace.supplier_id)
    page = client.get(CASE).content.decode()
    assert [told in page for told in (REPLY, FILE_NAME, OTHER_FILE)] == [True] * 3
    gateway = connect(program.slug)
    for phone in (TEXTER, f"+88{PHONE}"):
        assert arrive(client, gateway, phone, TEXTED) == 204
    for _ in range(2):
        relay.relay(at=timezone.now())
    kept = everything_in_the_database()
    numbered = kept.pop("complaints_complaint")
    assert number in numbered
    sinks = {
        **kept,
        "complaints_complaint": numbered.replace(number, ""),
        "drafts": " ".join(drafted.values()),
        **beside_the_database(caplog),
    }
    assert mail.outbox
    secrets = [STORY, "CANARYSTORY", NAME, "CANARYNAME", PHONE, PHONE[1:], SAFE, REPLY, number, secret]
    secrets += [FILE_NAME, "CANARYFILE", OTHER_FILE, "CANARYMEMO", EXIF, TAG, INSIDE, "CANARYINSIDE"]
    secrets += [TEXTED, "CANARYTEXT", TEXTER, TEXTER[3:], RESPONDENT, "CANARYBOSS"]
    assert in_clear(sinks, secrets) == []


def everything_on_disk() -> str:
    """Path and content of every file that the installation keeps."""
    return " ".join(
        f"{path} {path.read_bytes()!r}" for path in settings.DATA_DIR.rglob("*") if path.is_file()
    )


CODE_WORD = "CANARYWORD mango"


KEYED_IN = {
    "kind": "console",
    "others": "0",
    "language": "en",
    "what": STORY,
    "name": NAME,
    "phone": PHONE,
    "calls": "may",
    "texts": "never",
    "code_word": CODE_WORD,
    "safe_contact": SAFE,
    "call_back": "on",
}


def call_back(client, place):
    """The operator takes the one callback that waits, reads the number and reaches nobody."""
    listed = client.get(f"{place}calls/").content.decode()
    call = place + re.search(r"calls/[0-9a-f-]{36}/", listed).group(0)
    assert PHONE in client.post(call, {"take": "1"}, follow=True).content.decode()
    client.post(call, {"heard": "no_answer"})


@pytest.mark.usefixtures("transactional_db")
def test_what_is_keyed_in_and_called_back_is_found_nowhere_in_clear(caplog):
    """The console, a code that is read aloud, a callback and a message taken on the phone."""
    caplog.set_level(logging.DEBUG)
    program = factories.program()
    operator = factories.member(program, "case_handler")
    client, phone_of_operator = Client(), f"/p/{program.slug}/complaints/"
    factories.sign_in(client, operator)
    page = client.get(f"{phone_of_operator}hotline/").content.decode()
    carried = re.search(r'name="call" value="([^"]+)"', page).group(1)
    said = KEYED_IN | {"call": carried}
    keep = f"/report/{program.slug}/keep/"
    client.post(keep, said, headers={"HX-Request": "true"})
    client.post(keep, {**said, "phone": "", "send": "1"}, follow=True)  # refused, shown again
    drafted = everything_in_the_database() | {"valkey": everything_in_valkey()}
    client.post(keep, {**said, "send": "1"}, follow=True)
    shown = client.post(f"{phone_of_operator}hotline/", {"show": "1"}).content.decode()
    number, secret = (
        re.sub(r"\D", "", re.sub(r"<[^>]+>", "", row))
        for row in re.findall(r'class="digits" dir="ltr">(.*?)</p>', shown)
    )
    waiting = everything_in_the_database()  # the receipt is still in the draft
    opened = client.post(f"{phone_of_operator}hotline/check/", {"number": number, "secret": secret})
    caller = re.search(r'name="caller" value="([^"]+)"', opened.content.decode()).group(1)
    client.post(f"{phone_of_operator}hotline/say/", {"caller": caller, "text": REPLY})
    call_back(client, phone_of_operator)
    client.post(f"{phone_of_operator}hotline/", {"over": "1"})
    answer_asked(at=timezone.now())
    for _ in range(2):
        relay.relay(at=timezone.now())

    kept = everything_in_the_database()
    with program_scope(program.pk):
        assert Complaint.objects.get().number == number
    sinks = {
        **{
            name: content.replace(number, "") if name == "complaints_complaint" else content
            for name, content in kept.items()
        },
        "drafts": " ".join(drafted.values()),
        "waiting": " ".join(content for name, content in waiting.items() if name != "complaints_complaint"),
        **beside_the_database(caplog),
    }
    secrets = [STORY, "CANARYSTORY", NAME, "CANARYNAME", PHONE, SAFE, CODE_WORD, "CANARYWORD", REPLY]
    assert in_clear(sinks, [*secrets, number, secret]) == []
