"""From the draft to its end: what each act does, and what it refuses."""

import datetime as dt
import hashlib

import pytest
from django.db import connections
from django.db.utils import DatabaseError, IntegrityError
from pypdf import PdfReader

from agreements import blueprints
from agreements.clauses import WrongParameters
from agreements.documents import agreements as documents
from agreements.enums import AgreementState, VersionState
from agreements.models import Agreement, AgreementVersion, Clause, Decline, PublicDocument, Signature
from agreements.operations import agreements as operations
from agreements.operations import ending, proposing, signing
from agreements.queries import agreements as queries
from tests.agreements.signing import table
from tests.factories import AT
from wsr.files.models import content_path
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope

DAY = dt.timedelta(days=1)


@pytest.fixture
def here(program, director):
    """Who sits at the table."""
    return table(program, director)


def test_every_template_starts_a_draft_that_says_where_its_values_are_from(here):
    with here.staff():
        parent = operations.start_from_template(template="accord_brand", title="Accord", **here.act())
        for key, template in blueprints.templates().items():
            made = operations.start_from_template(
                template=key, title=key, parent_id=parent.pk if template.is_annex else None, **here.act()
            )
            clauses = list(made.versions.get().clauses.all())
            assert [clause.title for clause in clauses] == [clause.title for clause in template.clauses]
            for clause in clauses:
                for name, mark in clause.provenance.items():
                    assert (name in clause.parameters) == (mark["certainty"] != "unknown")
        fee = parent.versions.get().clauses.get(kind="program_fee")
        assert len(fee.parameters["bands"]) == 8
        assert "boundary" not in fee.parameters  # undefined in the source: the program must choose
        with pytest.raises(operations.CannotWrite, match="annex"):
            operations.start_from_template(template="accord_country_annex", title="x", **here.act())


def test_an_agreement_starts_from_another_one(here):
    agreement = here.in_force()
    with here.staff():
        made = operations.start_from_agreement(agreement_id=agreement.pk, title="The next", **here.act())
        assert (made.number, made.state, made.title) == ("AG-0002", "draft", "The next")
        assert [party.name for party in made.parties.all()] == ["Garment Workers Union"]
        assert made.versions.get().clauses.count() == agreement.versions.get().clauses.count()


def test_proposing_says_everything_that_is_missing(here):
    with here.staff():
        made = operations.start_from_template(template="own", title="Empty", **here.act())
        with pytest.raises(proposing.NotReady) as refused:
            proposing.propose(version_id=made.versions.get().pk, **here.act())
    said = str(refused.value)
    for words in (
        "Nobody signs for the program",
        "No brand and no supplier",
        "Forms of support",
        "Stop purchases within",
    ):
        assert words in said


def test_an_agreement_with_a_brand_needs_support_and_a_stop(here):
    version = here.draft()
    with here.staff():
        for clause in version.clauses.filter(kind__in=["financial_support", "stop_purchase"]):
            operations.remove_clause(clause_id=clause.pk, **here.act())
        assert len(proposing.problems_of(version)) == 2


def test_proposing_fixes_the_bytes_and_tells_the_brand(here):
    version = here.proposed()
    with here.staff():
        content = content_path(version.text_sha256).read_bytes()
        assert content == documents.text_pdf(
            AgreementVersion.objects.select_related("agreement").get(pk=version.pk), at=AT
        )
        assert content.startswith(b"%PDF-1.7")
        assert Agreement.objects.get().state == AgreementState.PROPOSED
        assert Outbox.objects.filter(kind="agreement_proposed").count() == 1
    with here.portal():
        assert AgreementVersion.objects.get().text_sha256 == version.text_sha256


def test_both_sign_and_the_agreement_takes_effect(here):
    agreement = here.in_force()
    with here.staff():
        version = agreement.versions.get()
        assert (agreement.state, version.state) == ("in_force", "in_force")
        assert version.ends_on == dt.date(2027, 3, 1)  # twelve months from March 2, 2026
        complete = content_path(version.complete_sha256)
        kinds = {row.kind: row.sha256 for row in PublicDocument.objects.all()}
        assert kinds == {"text": version.text_sha256, "complete": version.complete_sha256}
        events = (
            Event.objects.filter(event__startswith="agreement.")
            .order_by("pk")
            .values_list("event", flat=True)
        )
        events = list(events)
        assert events[-4:] == [
            "agreement.version_signed",
            "agreement.signed",
            "agreement.version_in_force",
            "agreement.in_force",
        ]
    read = PdfReader(complete)
    assert "agreement-AG-0001-version-1.pdf" in read.attachments
    words = "\n".join(page.extract_text() for page in read.pages)
    assert version.text_sha256 in words.replace("\n", "")
    for said in ("Bea Brand, Head of sourcing", "Dina Director, Director", "Passkey"):
        assert said in words


def test_the_enclosed_bytes_have_the_hash_that_was_signed(here):
    agreement = here.in_force()
    with here.staff():
        version = agreement.versions.get()
    ((enclosed,),) = PdfReader(content_path(version.complete_sha256)).attachments.values()
    assert hashlib.sha256(enclosed).hexdigest() == version.text_sha256


def test_the_program_signs_last_and_only_over_the_same_bytes(here):
    version = here.proposed()
    with pytest.raises(signing.CannotSign, match=r"signs last\. Still to sign: Brand North"):
        here.countersign(version)
    with pytest.raises(signing.CannotSign, match="not the one you had"):
        here.sign(version, sha256="0" * 64)
    here.sign(version)
    with pytest.raises(signing.CannotSign, match="already"):
        here.sign(version)


def test_a_later_day_is_awaited(here):
    day = AT.date() + 10 * DAY
    version = here.proposed(starts_on=day)
    here.sign(version)
    assert here.countersign(version).state == VersionState.SIGNED
    with here.staff():
        assert queries.due(at=AT) == ([], [])
        assert signing.take_effect(version_id=version.pk, at=AT).state == VersionState.SIGNED
        later = AT + 10 * DAY
        assert queries.due(at=later)[0] == [version.pk]
        signing.take_effect(version_id=version.pk, at=later)
        signing.take_effect(version_id=version.pk, at=later)  # twice is once
        assert Event.objects.filter(event="agreement.in_force").count() == 1


def test_a_refusal_has_a_reason_and_ends_signing(here):
    version = here.proposed()
    with here.portal():
        proposing.decline(
            version_id=version.pk,
            party=here.party(version, "brand"),
            reason="Too short a time.",
            by=here.signatory,
            at=AT,
        )
    with pytest.raises(signing.CannotSign, match="declined"):
        here.sign(version)
    with here.staff():
        assert Decline.objects.get().reason == "Too short a time."
        draft = proposing.take_back(version_id=version.pk, reason="Revised.", **here.act())
        assert (draft.number, draft.state) == (2, "draft")
        assert Agreement.objects.get().state == AgreementState.DRAFT
        proposing.propose(version_id=draft.pk, **here.act())


def test_an_amendment_is_signed_by_both_again_and_replaces_the_former(here):
    agreement = here.in_force()
    with here.staff():
        draft = operations.amend(agreement_id=agreement.pk, change_note="A longer stop.", **here.act())
        clause = draft.clauses.get(kind="stop_purchase")
        operations.change_clause(
            clause_id=clause.pk,
            reference=clause.reference,
            title=clause.title,
            text=clause.text.replace("stops buying", "ends buying"),
            is_public=True,
            parameters={"stop_within": {"value": 10, "unit": "days"}},
            **here.act(),
        )
        changes = queries.compared(queries.before(draft), draft)
        assert [(change.kind, change.title) for change in changes] == [("changed", "Stop of purchases")]
        pieces = [(piece.kind, piece.text) for piece in changes[0].pieces if piece.kind != "same"]
        assert pieces == [("removed", "stops"), ("added", "ends"), ("removed", "30"), ("added", "10")]
        proposing.propose(version_id=draft.pk, **here.act())
        with pytest.raises(operations.CannotWrite, match="on its way"):
            operations.amend(agreement_id=agreement.pk, change_note="Another.", **here.act())
        draft.refresh_from_db()
    here.sign(draft)
    here.countersign(draft)
    with here.staff():
        states = list(agreement.versions.order_by("number").values_list("state", flat=True))
        assert states == ["amended", "in_force"]
        assert (
            Clause.objects.in_force(on=AT.date()).get(kind="stop_purchase").parameters["stop_within"]["value"]
            == 10
        )


def test_suspension_notice_and_end(here):
    agreement = here.in_force()
    with here.staff():
        ending.suspend(agreement_id=agreement.pk, reason="Talks.", **here.act())
        assert Clause.objects.in_force(on=AT.date()).exists()  # what it says still holds
        ending.resume(agreement_id=agreement.pk, reason="Agreed.", **here.act())
        last = AT.date() + 30 * DAY
        ending.give_notice(agreement_id=agreement.pk, ends_on=last, reason="Breach.", **here.act())
        assert Agreement.objects.get().state == AgreementState.IN_FORCE
        ending.expire(agreement_id=agreement.pk, at=AT + 30 * DAY)
        assert Agreement.objects.get().state == AgreementState.IN_FORCE  # the last day counts
        assert queries.due(at=AT + 31 * DAY)[1] == [agreement.pk]
        ending.expire(agreement_id=agreement.pk, at=AT + 31 * DAY)
        found = Agreement.objects.get()
        assert (found.state, found.ended_on, found.end_reason) == ("terminated", last, "Breach.")
        assert found.versions.get().state == VersionState.ENDED


def test_it_expires_after_its_last_day_by_itself(here):
    agreement = here.in_force()
    with here.staff():
        after = dt.datetime(2027, 3, 2, 0, 5, tzinfo=dt.UTC)
        assert queries.due(at=after)[1] == [agreement.pk]
        ending.expire(agreement_id=agreement.pk, at=after)
        assert Agreement.objects.get().state == AgreementState.EXPIRED


def test_wrong_parameters_are_refused_with_a_sentence_each(here):
    version = here.draft()
    with here.staff():
        clause = version.clauses.get(kind="stop_purchase")
        with pytest.raises(WrongParameters) as refused:
            operations.change_clause(
                clause_id=clause.pk, reference="3", title="x", text="y", is_public=False,
                parameters={"stop_within": {"value": "soon", "unit": "days"}}, **here.act(),
            )  # fmt: skip
    assert set(refused.value.problems) == {"stop_within"}


# ── What the database refuses ────────────────────────────────────────────────────────────────────

STAFF_TRIES = [
    "UPDATE agreements_clause SET text = 'other' WHERE version_id = %(version)s",
    "DELETE FROM agreements_clause WHERE version_id = %(version)s",
    (
        "INSERT INTO agreements_clause (id, program_id, version_id, kind, reference, title, text, parameters, position, is_public,"
        " source, certainty, provenance) VALUES (uuidv7(), %(program)s, %(version)s, 'general', '99', 't', 't', '{}', 99, false, '', '', '{}')"
    ),
    "UPDATE agreements_party SET name = 'Other' WHERE agreement_id = %(agreement)s",
    "DELETE FROM agreements_party WHERE agreement_id = %(agreement)s",
    "UPDATE agreements_agreementversion SET preamble = 'other' WHERE id = %(version)s",
    "UPDATE agreements_agreementversion SET text_sha256 = repeat('0', 64) WHERE id = %(version)s",
    "UPDATE agreements_agreementversion SET ends_on = '2030-01-01' WHERE id = %(version)s",
    "UPDATE agreements_agreementversion SET state = 'draft' WHERE id = %(version)s",
    "UPDATE agreements_agreement SET title = 'Other' WHERE id = %(agreement)s",
    "DELETE FROM agreements_agreementversion WHERE id = %(version)s",
    # the program does not sign for the brand
    (
        "INSERT INTO agreements_signature (id, program_id, version_id, party_id, participation_id, person_id, name, title, sha256, method,"
        " signed_at) SELECT uuidv7(), program_id, %(version)s, id, participation_id, %(director)s, 'n', 't', %(sha256)s, 'totp', now()"
        " FROM agreements_party WHERE agreement_id = %(agreement)s AND side = 'brand'"
    ),
]
BRAND_TRIES = [
    "UPDATE agreements_agreementversion SET state = 'signed' WHERE id = %(version)s",
    "UPDATE agreements_agreement SET state = 'signed' WHERE id = %(agreement)s",
    (
        "INSERT INTO agreements_agreement (id, program_id, number, title, template, country, state, is_text_public, end_reason, created_at,"
        " updated_at) VALUES (uuidv7(), %(program)s, 'X', 'X', '', '', 'draft', false, '', now(), now())"
    ),
    "UPDATE agreements_clause SET text = 'other' WHERE version_id = %(version)s",
    "UPDATE agreements_party SET signs = false WHERE agreement_id = %(agreement)s",
    # over other bytes
    (
        "INSERT INTO agreements_signature (id, program_id, version_id, party_id, participation_id, person_id, name, title, sha256, method,"
        " signed_at) SELECT uuidv7(), program_id, %(version)s, id, participation_id, %(signatory)s, 'n', 't', repeat('0', 64), 'totp', now()"
        " FROM agreements_party WHERE agreement_id = %(agreement)s AND side = 'brand'"
    ),
    # for the program
    (
        "INSERT INTO agreements_signature (id, program_id, version_id, party_id, participation_id, person_id, name, title, sha256, method,"
        " signed_at) SELECT uuidv7(), program_id, %(version)s, id, participation_id, %(signatory)s, 'n', 't', %(sha256)s, 'totp', now()"
        " FROM agreements_party WHERE agreement_id = %(agreement)s AND side = 'program'"
    ),
    # in somebody else's name
    (
        "INSERT INTO agreements_signature (id, program_id, version_id, party_id, participation_id, person_id, name, title, sha256, method,"
        " signed_at) SELECT uuidv7(), program_id, %(version)s, id, participation_id, %(director)s, 'n', 't', %(sha256)s, 'totp', now()"
        " FROM agreements_party WHERE agreement_id = %(agreement)s AND side = 'brand'"
    ),
]


def _try(here, version, statement):
    values = {
        "version": version.pk,
        "agreement": version.agreement_id,
        "program": here.program.pk,
        "director": here.director.pk,
        "signatory": here.signatory.pk,
        "sha256": version.text_sha256,
    }
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("statement", STAFF_TRIES)
def test_what_was_proposed_does_not_change(here, statement):
    version = here.proposed()
    with pytest.raises(DatabaseError), here.staff():
        _try(here, version, statement)


@pytest.mark.parametrize("statement", BRAND_TRIES)
def test_a_portal_writes_its_own_signature_and_nothing_else(here, statement):
    version = here.proposed()
    with pytest.raises(DatabaseError), here.portal():
        _try(here, version, statement)


def test_a_signature_is_never_changed_or_taken_back(here):
    version = here.proposed()
    here.sign(version)
    for verb in ("UPDATE agreements_signature SET name = 'x'", "DELETE FROM agreements_signature"):
        with pytest.raises(DatabaseError), here.staff(), connections["default"].cursor() as cursor:
            cursor.execute(verb)
    with here.staff():
        assert Signature.objects.get().name == "Bea Brand"


def test_a_refusal_and_a_signature_of_one_party_exclude_each_other(here):
    version = here.proposed()
    here.sign(version)
    with pytest.raises(IntegrityError), here.portal():
        Decline.objects.create(
            version_id=version.pk, party=here.party(version, "brand"), participation=here.brand, person=here.signatory,
            reason="x", declined_at=AT,
        )  # fmt: skip


def test_the_public_reads_no_name_before_the_agreement_is_in_force(here):
    version = here.proposed()
    with here.staff():
        row = PublicDocument.objects.get()
        assert (row.title, row.parties, row.sides) == ("", [], ["program", "brand"])
    here.sign(version)
    here.countersign(version)
    with here.staff():
        assert [party["name"] for party in PublicDocument.objects.first().parties] == [
            "Garment Workers Union",
            "Brand North",
        ]


def test_another_program_sees_nothing(here, other_program):
    version = here.proposed()
    with program_scope(other_program.pk):
        assert not AgreementVersion.objects.exists()
        with pytest.raises(AgreementVersion.DoesNotExist):
            proposing.propose(version_id=version.pk, **here.act())
