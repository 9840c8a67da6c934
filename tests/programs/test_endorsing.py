"""Endorsing the principles: form, mail, moderator, list, withdrawal; floods, refusals, and what is never public."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, connection, connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from programs import addresses, endorser_mail
from programs.enums import EndorsementState, EndorserKind
from programs.models import Endorsement, EndorsementLetter, Endorser, EndorserAddress
from programs.operations import endorsements
from programs.views import endorsing
from tests import factories
from wsr.history.models import Event
from wsr.tenancy import program_scope, public_scope
from wsr.vault import erasing, ledger
from wsr.vault.envelope import DoesNotOpen

EMAIL = "Amina@union.example"
FORM = {
    "kind": "organization",
    "name": "Amina Rahman",
    "role": "President",
    "organization": "Example Union",
    "website": "https://www.union.example/about",
    "country": "BD",
    "email": EMAIL,
    "comment": "We stand\nwith them.",
    "is_listed": "on",
}
PATHS = ("/endorse/endorsers/", "/endorse/endorsers.csv", "/endorse/badge.svg", "/endorse/")


def links(message) -> dict[str, str]:
    """{confirm or withdraw: path} of a mail."""
    return {
        kind: path
        for path, kind in re.findall(r"http://localhost:8000(/endorse/(\w+)/[^/\s]+/)", message.body)
    }


def read(client, path) -> str:
    """What a public page or file says."""
    return b"".join(client.get(path)).decode()


def send(at=None) -> list:
    """The mails that are due now."""
    mail.outbox.clear()
    endorser_mail.send_due(at=at or timezone.now())
    return list(mail.outbox)


def confirmed(client, **said) -> Endorsement:
    """An endorsement that waits for a moderator."""
    client.post("/endorse/", FORM | said)
    (message,) = send()
    assert client.post(links(message)["confirm"]).status_code == 200
    return Endorsement.objects.order_by("-asked_at")[0]


def accept(program, endorsement, by):
    with program_scope(program.pk, person_id=by.pk):
        return endorsements.accept(endorsement_id=endorsement.pk, by=by, at=timezone.now())


@pytest.fixture
def scene(transactional_db, client):
    """A program whose publisher moderates, and a client without an account."""
    program = factories.program("garment")
    return program, factories.member(program, "publisher"), client


def test_an_endorsement_counts_once_confirmed_and_looked_at_and_leaves_without_a_trace(scene):
    program, publisher, client = scene
    asked = client.post("/endorse/?lang=es", FORM | {"lang": "es"})
    assert (asked.status_code, asked["Location"], asked.cookies) == (302, "/endorse/sent/?lang=es", {})
    (message,) = send()
    assert (message.to, send()) == ([EMAIL.lower()], [])  # once
    where = links(message)
    assert client.get(where["confirm"]).status_code == 200  # a mail program that looks at links
    assert Endorsement.objects.get().state == EndorsementState.UNCONFIRMED
    for _twice in range(2):
        done = client.post(where["confirm"])
        assert (done.status_code, done["Referrer-Policy"], done["Cache-Control"]) == (
            200,
            "no-referrer",
            "no-store",
        )
    endorsement = Endorsement.objects.get()
    assert (endorsement.state, endorsement.confirmed_domain) == ("waiting", "union.example")
    assert "Example Union" not in client.get("/endorse/endorsers/").content.decode()

    factories.sign_in(client, publisher)
    console = f"/p/{program.slug}/endorsements/"
    assert "Confirmed from an address at union.example" in client.get(console).content.decode()
    assert "1 endorsement to look at" in client.get("/inbox/").content.decode()
    assert client.post(f"{console}{endorsement.pk}/accept/").status_code == 302
    assert client.get(f"{console}?state=accepted").content.decode().count("Example Union") == 1
    client.logout()
    with program_scope(program.pk):
        assert list(
            Event.objects.filter(event__startswith="endorsement").values_list("event", "actor_id")
        ) == [("endorsement.accepted", publisher.pk)]
    (told,) = send()
    assert f"/endorse/badge/{endorsement.pk}.svg" in told.body
    public = "".join(read(client, path) for path in PATHS)
    for words in (
        "Example Union",
        "Amina Rahman, President",
        "Bangladesh",
        "at union.example",
        "1 endorsement",
    ):
        assert words in public
    badge = client.get(f"/endorse/badge/{endorsement.pk}.svg")
    assert (badge["Content-Type"], "script" in badge.content.decode()) == ("image/svg+xml", False)
    assert "Example Union endorses" in badge.content.decode()
    assert EMAIL.lower() not in public.lower()
    assert "amina@" not in badge.content.decode().lower()

    for _twice in range(2):
        assert client.post(links(told)["withdraw"]).status_code == 200
    public = "".join(read(client, path) for path in PATHS)
    assert "Example Union" not in public
    assert "We stand" not in public
    assert "1 endorsement was withdrawn since" in public
    assert "0 endorsements" in public
    assert client.get(f"/endorse/badge/{endorsement.pk}.svg").status_code == 404
    endorsement.refresh_from_db()
    assert (endorsement.state, endorsement.shown_name, endorsement.comment) == ("withdrawn", "", "")
    assert EndorserAddress.objects.count() == 0
    assert client.post(where["confirm"]).status_code == 410  # the old link opens nothing


def test_one_address_endorses_once_and_nobody_learns_that_it_is_known(scene):
    program, publisher, client = scene
    fresh = client.post("/endorse/", FORM)
    again = client.post(
        "/endorse/", FORM | {"organization": "Example Union of Dhaka", "email": EMAIL.upper()}
    )
    assert Endorsement.objects.get().organization == "Example Union of Dhaka"
    first, second = send()
    assert client.post(links(first)["confirm"]).status_code == 410 or links(first) == links(second)
    assert client.post(links(second)["confirm"]).status_code == 200
    accept(program, Endorsement.objects.get(), publisher)
    send()
    third = client.post("/endorse/", FORM | {"organization": "Somebody else"})
    unknown = client.post("/endorse/withdraw/", {"email": "nobody@example.org"})
    known = client.post("/endorse/withdraw/", {"email": EMAIL})
    assert (
        len({(r.status_code, r["Location"], r.content) for r in (fresh, again, third, unknown, known)}) == 1
    )
    assert [one.to for one in send()] == [[EMAIL.lower()]]  # three a day, two went out before
    assert (Endorser.objects.get().name, Endorsement.objects.count()) == ("Example Union of Dhaka", 1)


def test_who_reads_the_mail_sees_whose_words_she_would_confirm(scene):
    _program, _publisher, client = scene
    client.post("/endorse/", FORM)
    (hers,) = send()
    for number in range(4):  # somebody else types her address
        client.post("/endorse/", FORM | {"comment": f"They are <b>wonderful</b>, {number}."})
    _second, last = send()
    assert client.get(links(hers)["confirm"]).status_code == 410
    page = client.get(links(last)["confirm"]).text
    assert (
        "They are &lt;b&gt;wonderful&lt;/b&gt;, 1." in page
    )  # the third mail of the day; later words stand nowhere
    assert all(words in page for words in ("Amina Rahman", "President", "Example Union", "do not press it"))
    assert client.post(links(last)["confirm"]).status_code == 200
    assert Endorsement.objects.get().comment == "They are <b>wonderful</b>, 1."
    assert client.get(links(last)["confirm"].replace("/confirm/", "/confirm/x")).status_code == 410


def test_who_does_not_agree_to_be_named_is_counted_alone(scene):
    program, publisher, client = scene
    accept(program, confirmed(client, is_listed="", kind="person"), publisher)
    row = Endorser.objects.get()
    assert (row.is_named, row.name, row.country, row.search, row.kind) == (False, "", "", "", "person")
    page = client.get("/endorse/endorsers/").content.decode()
    assert "1 of them prefers not to be named" in page
    assert "Amina" not in page
    assert "Amina" not in read(client, "/endorse/endorsers.csv")
    assert client.get(f"/endorse/badge/{row.pk}.svg").status_code == 404


def test_a_declined_endorsement_is_told_why_and_erased(scene):
    program, publisher, client = scene
    endorsement = accept(program, confirmed(client), publisher)
    send()
    factories.sign_in(client, publisher)
    decline = f"/p/{program.slug}/endorsements/{endorsement.pk}/decline/"
    assert client.post(decline, {"reason": ""}).status_code == 422
    assert client.post(decline, {"reason": "This organization is a fiction."}).status_code == 302
    refused = client.post(f"/p/{program.slug}/endorsements/{endorsement.pk}/accept/", follow=True)
    assert "is “Declined” by now" in refused.content.decode()
    (told,) = send()
    assert "This organization is a fiction." in told.body
    assert "http://localhost:8000/endorse/" not in told.body
    endorsement.refresh_from_db()
    assert (endorsement.state, endorsement.name, Endorser.objects.count()) == ("declined", "", 0)
    assert EndorserAddress.objects.count() == 0
    assert confirmed(client, email=EMAIL).state == "waiting"  # may try again


def test_a_restored_backup_takes_no_withdrawal_back(scene):
    program, publisher, client = scene
    endorsement = accept(program, confirmed(client), publisher)
    row, address, endorser = Endorsement.objects.get(), EndorserAddress.objects.get(), Endorser.objects.get()
    (told,) = send()
    client.post(links(told)["withdraw"])
    Endorsement.objects.all().delete()
    confirmed_at, row.confirmed_at, row.state = row.confirmed_at, None, EndorsementState.UNCONFIRMED
    row.save(force_insert=True)
    for row.state in (EndorsementState.WAITING, EndorsementState.ACCEPTED):
        row.confirmed_at = confirmed_at
        row.save()
    address.save(force_insert=True)
    endorser.save(force_update=True)
    assert "Example Union" in read(client, "/endorse/endorsers/")
    assert (endorsements.replay(at=timezone.now()), endorsements.replay(at=timezone.now())) == (1, 0)
    assert "Example Union" not in read(client, "/endorse/endorsers/")
    endorsement.refresh_from_db()
    assert (endorsement.state, endorsement.name, EndorserAddress.objects.count()) == ("withdrawn", "", 0)
    assert erasing.replay(at=timezone.now()).erased == 0  # the vault's own list is read past it
    ledger.path().write_text("")
    assert endorsements.replay(at=timezone.now()) == 0
    assert ledger.holds(endorsement.pk)  # where a process died before it was entered


def test_bad_input_loses_nothing_typed_and_writes_nothing(scene):
    program, publisher, client = scene
    for wrong, words in (
        ({"email": "no address"}, "valid email"),
        ({"organization": ""}, "Write the name of the organization."),
        ({"website": "ftp://union.example"}, "valid URL"),
        ({"name": ""}, "required"),
        ({"kind": "robot"}, "valid choice"),
        ({"comment": "x" * 1001}, "at most 1000"),
    ):
        page = client.post("/endorse/", FORM | wrong)
        assert (page.status_code, words in page.content.decode()) == (422, True), wrong
        assert "President" in page.content.decode()
    assert client.post("/endorse/", FORM, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    client.post("/endorse/", FORM | {"email": "unconfirmed@union.example"})
    unconfirmed = Endorsement.objects.get()
    factories.sign_in(client, publisher)
    for act in ("accept", "decline"):  # nobody is counted who did not press the button
        where = f"/p/{program.slug}/endorsements/{unconfirmed.pk}/{act}/"
        assert client.post(where, {"reason": "x"}).status_code == 404
    factories.sign_in(client, factories.member(program, "observer"))
    assert client.get(f"/p/{program.slug}/endorsements/").status_code == 403
    client.logout()
    send()
    unconfirmed.delete()
    for token in ("x", endorsements.withdraw_token(Endorsement(pk=factories.program("x").pk))):
        assert client.post(f"/endorse/confirm/{token}/").status_code == 410
    assert client.post("/endorse/withdraw/x/").status_code == 410
    assert (Endorsement.objects.count(), send()) == (0, [])


def test_a_flood_is_slowed_for_its_network_alone_and_keeps_what_was_typed(scene, monkeypatch):
    *_others, client = scene
    monkeypatch.setattr(endorsing, "FREE", 3)
    for number in range(3):
        assert client.post("/endorse/", FORM | {"email": f"p{number}@union.example"}).status_code == 302
    page = client.post("/endorse/", FORM)
    assert (page.status_code, "President" in page.content.decode()) == (429, True)
    assert client.post("/endorse/withdraw/", {"email": EMAIL}).status_code == 429
    assert client.post("/endorse/", FORM, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert Endorsement.objects.count() == 4
    cache.clear()
    for _press in range(5):
        client.post("/endorse/", FORM)
    assert (
        EndorsementLetter.objects.filter(endorsement__asked_at__isnull=False).count() == 3 + 3
    )  # no mailbox is filled


def test_links_and_what_nobody_confirmed_run_out(scene, monkeypatch):
    *_others, client = scene
    client.post("/endorse/", FORM)
    (message,) = send()
    monkeypatch.setattr(endorsements, "CONFIRM_SECONDS", -1)
    assert client.post(links(message)["confirm"]).status_code == 410
    now = timezone.now()
    assert endorsements.forget(at=now + timedelta(days=13)) == 0
    assert endorsements.forget(at=now + timedelta(days=15)) == 1
    assert (EndorserAddress.objects.count(), EndorsementLetter.objects.count()) == (0, 0)
    client.post("/endorse/", FORM)
    (message,) = send()
    assert client.post(links(message)["withdraw"]).status_code == 200  # it was not me
    assert Endorsement.objects.count() == 0


def test_a_mail_server_that_is_away_delays_a_letter_and_loses_none(scene, settings):
    *_others, client = scene
    client.post("/endorse/", FORM)
    now = timezone.now()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9},
        }
    }
    assert send(at=now) == []
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    letter = EndorsementLetter.objects.get()
    assert (letter.tries, letter.sent_at, letter.next_try_at) == (1, None, now + timedelta(minutes=1))
    assert send(at=now) == []
    (message,) = send(at=now + timedelta(minutes=1))
    assert message.extra_headers["Message-ID"].endswith("@localhost>")


def test_no_address_lies_in_clear_and_no_audience_reaches_one(scene):
    program, publisher, client = scene
    confirmed(client)
    with connection.cursor() as cursor:
        for table in ("endorsement", "endorseraddress", "endorsementletter", "endorser"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM programs_{table} t")
            assert b"amina@" not in cursor.fetchone()[0].lower().encode(), table
            cursor.execute(
                f"SELECT encode(convert_to(coalesce(string_agg(t::text, ' '), ''), 'UTF8'), 'escape') FROM programs_{table} t"
            )
            assert "616d696e6140" not in cursor.fetchone()[0], table  # bytea as hexadecimal
    with pytest.raises(ProgrammingError), program_scope(program.pk, person_id=publisher.pk):
        EndorserAddress.objects.count()
    for model in (Endorsement, EndorserAddress, EndorsementLetter):
        with pytest.raises(ProgrammingError), public_scope():
            model.objects.count()
    with pytest.raises(ProgrammingError), public_scope(), connections["public"].cursor() as cursor:
        cursor.execute("DELETE FROM programs_endorser")
    moved = EndorserAddress.objects.get()
    with pytest.raises(DoesNotOpen):
        addresses.unseal(program.pk, moved.sealed)


def test_the_list_is_found_by_name_country_and_kind_in_pages_of_fifty(scene):
    *_others, client = scene
    day = timezone.now().date()
    Endorser.objects.using("owner").bulk_create(
        Endorser(
            pk=uuid4(), statement_version=1, is_named=True, endorsed_on=day,
            kind=EndorserKind.PERSON if number % 2 else EndorserKind.ORGANIZATION,
            name=f"Néw Name {number:03}", name_key=f"new name {number:03}", search=f"new name {number:03}",
            country="BD" if number < 60 else "US", comment="=HYPERLINK()",
        )
        for number in range(120)
    )  # fmt: skip
    first = client.get("/endorse/endorsers/")
    names = re.findall(r"Néw Name (\d+)</strong>", first.content.decode())
    after = re.search(r"\?after=([\w-]+)", first.content.decode())[1]
    second = client.get(f"/endorse/endorsers/?after={after}").content.decode()
    assert names == [f"{number:03}" for number in range(50)]
    assert re.findall(r"Néw Name (\d+)</strong>", second)[0] == "050"
    found = client.get("/endorse/endorsers/?q=N%C3%89W+name+11&country=US&kind=person").content.decode()
    assert re.findall(r"Néw Name (\d+)</strong>", found) == ["111", "113", "115", "117", "119"]
    for odd in ("?q=%00", "?after=%FF", "?after=x", "?country=%00%00", "?kind=robot", "?lang=xx"):
        assert client.get(f"/endorse/endorsers/{odd}").status_code == 200, odd
    lines = read(client, "/endorse/endorsers.csv?country=US").splitlines()
    assert (len(lines), ",'=HYPERLINK()," in lines[1]) == (61, True)
    assert "Nobody fits" in client.get("/endorse/endorsers/?q=zzz").content.decode()


@pytest.mark.parametrize(
    ("email", "website", "shown"),
    [
        ("a@union.example", "https://union.example", "union.example"),
        ("a@mail.union.example", "http://www.union.example/x", "mail.union.example"),
        ("a@union.example", "https://blog.union.example", ""),
        ("a@freemail.example", "https://union.example", ""),
        ("a@notunion.example", "https://union.example", ""),
        ("a@union.example", "", ""),
        ("a@example", "https://example", ""),
        ("a@union.example", "https://union.example@evil.example", ""),
    ],
)
def test_a_domain_is_shown_only_where_the_address_is_at_the_website(email, website, shown):
    assert addresses.domain_shown(email, website) == shown


_NAMES = st.text("aAé. ", max_size=4).map(lambda name: f"{name}x@union.example")


@given(_NAMES, _NAMES)
def test_two_addresses_have_one_digest_only_where_they_are_one(one, other):
    is_same = one.strip().lower() == other.strip().lower()
    assert (addresses.digest(one) == addresses.digest(other)) == is_same


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_typed_no_domain_is_shown_but_that_of_the_address(email, website):
    assert addresses.domain_shown(email, website) in ("", email.strip().lower().rpartition("@")[2])
