"""The pages on which the publisher corrects, redacts, holds back and merges: twice asked, refused, recorded."""

import re

import pytest
from django.urls import reverse

from programs.models import Workplace
from tests import factories
from tests.registry.test_publishing import change
from tests.registry.test_redaction import files_saying, tables_saying
from wsr.history.models import Event
from wsr.registry.ids import printed
from wsr.registry.models import Instruction
from wsr.tenancy import program_scope


@pytest.fixture
def publisher(client, office):
    office.publish()
    client.who = factories.member(office.program, "publisher")
    factories.sign_in(client, client.who)
    return client


def at(office, name, subject, kind="workplace"):
    return reverse(f"registry:{name}", args=[office.program.slug, kind, subject.pk])


def asked(office):
    with program_scope(office.program.pk):
        return list(
            Instruction.objects.order_by("asked_at", "pk").values_list("kind", "wish", "reason_code", "note")
        )


def events(office):
    with program_scope(office.program.pk):
        return set(Event.objects.filter(event__startswith="registry.").values_list("event", flat=True))


REDACTION = {"reason_code": "privacy", "note": "She asked us to."}


def test_a_redaction_says_what_disappears_and_wants_a_yes(publisher, office):
    twin = factories.workplace(office.program, supplier=office.supplier, name="Asrotex Ltd.")
    with program_scope(office.program.pk):
        Workplace.objects.filter(pk=office.exact.pk).update(name="Mill One")
        Workplace.objects.filter(pk=office.rounded.pk).update(name="Mill Two")
    office.publish()
    page = at(office, "redact", office.supplier, "supplier")

    shown = publisher.get(page).text
    assert "Its name in 3 other records" in shown
    number = office.listing(twin).public_id
    assert f'value="{number}"' in shown
    once = publisher.post(page, REDACTION | {"also": [number]})
    assert (once.status_code, asked(office)) == (200, [])
    assert "This is final" in once.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', once.text))
    hidden = {name: hidden[name] for name in ("reason_code", "note", "also")}
    assert hidden == REDACTION | {"also": number}
    back = publisher.post(page, hidden | {"change": "1"})
    assert "She asked us to." in back.text
    done = publisher.post(page, hidden | {"confirmed": "1"})

    assert (done.status_code, done["Location"]) == (302, at(office, "subject", office.supplier, "supplier"))
    assert asked(office) == [
        ("supplier", "redaction", "privacy", "She asked us to."),
        ("workplace", "redaction", "privacy", "She asked us to."),
    ]
    assert "registry.redaction_asked" in events(office)
    office.publish()
    assert files_saying(office, "asrotex ltd.") == tables_saying("asrotex ltd.") == []
    public = publisher.get(
        reverse("registry:record", args=[office.program.slug, office.listing(office.supplier).public_id])
    )
    assert "Removed because it exposed a person" in public.text
    assert "Redacted. Everyone sees a tombstone" in publisher.get(done["Location"]).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason_code": ""}, "This field is required"),
        ({"note": ""}, "This field is required"),
        ({"note": "Asrotex Unit 1 asked us to.", "confirmed": "1"}, "Leave the name out"),
    ],
)
def test_a_redaction_without_reason_or_with_the_name_in_it_is_refused(publisher, office, typed, sentence):
    answer = publisher.post(at(office, "redact", office.exact), REDACTION | typed)

    assert (answer.status_code, asked(office)) == (422, [])
    assert sentence in answer.text


def test_a_redaction_is_asked_for_once_and_is_final(publisher, office):
    page = at(office, "redact", office.exact)
    publisher.post(page, REDACTION | {"confirmed": "1"})
    twice = publisher.post(page, REDACTION | {"confirmed": "1"})
    assert (twice.status_code, "asked for already" in twice.text) == (422, True)
    office.publish()

    for name in ("redact", "correct", "hold_back", "merge"):
        refused = publisher.get(at(office, name, office.exact), follow=True)
        assert refused.redirect_chain, name
        assert "messages" in refused.text
    assert len(asked(office)) == 1


def test_a_correction_is_named_in_public(publisher, office):
    page, words = at(office, "correct", office.exact), {"note": "The street was wrong."}
    assert publisher.post(page, words).status_code == 200
    assert publisher.post(page, words | {"confirmed": "1"}).status_code == 302
    change(office, office.exact, address="21 Mill Road")
    office.publish()

    public = reverse("registry:record", args=[office.program.slug, office.listing(office.exact).public_id])
    assert "The street was wrong." in publisher.get(public).text
    assert "registry.correction_asked" in events(office)


def test_what_was_never_published_can_only_be_held_back(publisher, office):
    fresh = factories.workplace(office.program, supplier=office.supplier, name="New Mill")
    shown = publisher.get(at(office, "subject", fresh)).text
    assert "Never published" in shown
    assert (at(office, "hold_back", fresh) in shown, at(office, "redact", fresh) in shown) == (True, False)
    page, words = at(office, "hold_back", fresh), {"note": "A visit is planned.", "until": ""}
    late = publisher.post(page, words | {"until": "2020-01-01T10:00"})
    assert (late.status_code, "in the future" in late.text) == (422, True)
    publisher.post(page, words | {"confirmed": "1"})

    assert office.publish() is None
    assert "registry.embargo_asked" in events(office)


def test_a_duplicate_leads_to_the_record_that_stays(publisher, office):
    page = at(office, "merge", office.exact)
    stays, own = office.listing(office.rounded).public_id, office.listing(office.exact).public_id
    words = {"note": "The same mill.", "into": printed(stays)}
    for wrong in ("7K3M", printed(office.listing(office.brand).public_id)):
        assert publisher.post(page, words | {"into": wrong}).status_code == 422
    itself = publisher.post(page, words | {"into": own, "confirmed": "1"})
    assert (itself.status_code, "into itself" in itself.text) == (422, True)
    assert "Asrotex Unit 2" in publisher.post(page, words).text
    assert publisher.post(page, words | {"confirmed": "1"}).status_code == 302
    office.publish()

    public = publisher.get(reverse("registry:record", args=[office.program.slug, own])).text
    assert "Merged into another record" in public
    assert reverse("registry:record", args=[office.program.slug, stays]) in public
    assert "registry.merged" in events(office)


def test_who_may_read_but_not_publish_sees_and_cannot_ask(client, office):
    office.publish()
    factories.sign_in(client, factories.member(office.program, "observer"))

    shown = client.get(at(office, "subject", office.exact))
    assert (shown.status_code, at(office, "redact", office.exact) in shown.text) == (200, False)
    for name in ("redact", "correct", "hold_back", "merge"):
        assert client.post(at(office, name, office.exact), {"confirmed": "1"}).status_code == 403


def test_the_list_finds_records_by_name_and_number(publisher, office):
    page = reverse("registry:records", args=[office.program.slug])
    number = office.listing(office.exact).public_id

    assert "Eastern Camp" in publisher.get(page).text
    for typed in ("unit 1", printed(number)):
        found = publisher.get(page, {"q": typed}).text
        assert ("Asrotex Unit 1" in found, "Eastern Camp" in found) == (True, False)
