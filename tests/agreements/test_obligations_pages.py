"""Pages of obligations and breaches as staff and as a brand; the inboxes."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from agreements.models import Breach, Obligation, Proof
from agreements.operations import breaches, obligations, schedules
from tests import factories
from tests.agreements.obliged import DISPUTES, REPORTING, bound
from tests.files import making as files
from tests.ui.choosing import choose, said, step
from wsr.deadlines.models import Clock
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def made(program):
    """A brand whose report of March is open."""
    one = bound(program, REPORTING, DISPUTES)
    with program_scope(program.pk):
        schedules.begin(version=one.version, at=AT)
    return one


@pytest.fixture
def report(made):
    with program_scope(made.program.pk):
        return Obligation.objects.get(period_start="2026-03-01")


@pytest.fixture
def brand(client, made):
    factories.sign_in(client, made.officer)
    return client


@pytest.fixture
def staff(client, director):
    factories.sign_in(client, director)
    return client


def _url(made, name, *args):
    return reverse(f"agreements:{name}", args=[made.program.slug, *args])


def test_the_page_says_when_and_why_then(brand, made, report):
    page = brand.get(_url(made, "obligation", report.pk)).content.decode()
    assert "Report of purchases, March 2026" in page
    assert "April 30, 2026" in page
    assert "30 days after March 31, 2026, the end of the period, by clause 1 (Reporting)." in page


def test_several_parties_are_reminded_once_a_day(staff, director, made, report, client):
    batch = choose(staff, made.program, scope="all", query="state=open", act="remind", page="obligations/")
    assert said(made.program, batch, director)[report.title] == ("will", "A reminder goes to Brand.")
    step(staff, batch, "confirm")
    with program_scope(made.program.pk):
        assert Outbox.objects.filter(kind="obligation_reminder").exists()
    remind = _url(made, "remind_obligation", report.pk)
    again = staff.post(remind)
    assert (again.status_code, b"less than a day ago" in again.content) == (422, True)
    with program_scope(made.program.pk, person_id=director.pk):
        obligations.waive(obligation_id=report.pk, reason="Not asked for", by=director, at=AT)
    assert b"nothing to remind of" in staff.post(remind).content
    factories.sign_in(client, made.officer)
    assert client.post(remind).status_code == 403


def test_the_day_is_that_of_the_programs_time_zone(db, client):
    program = factories.program("farms", time_zone="America/New_York")
    made = bound(program, REPORTING)
    with program_scope(program.pk):
        schedules.begin(version=made.version, at=AT)
        owed = Obligation.objects.get(period_start="2026-03-01")
    factories.sign_in(client, made.officer)
    page = client.get(_url(made, "obligation", owed.pk)).content.decode()
    assert "Thursday, April 30, 2026" in page
    assert "April 30, 2026" in client.get(_url(made, "obligations")).content.decode()


def test_a_brand_answers_with_files_and_staff_download_them(client, made, report, director):
    factories.sign_in(client, made.officer)
    sent = SimpleUploadedFile("march.csv", b"supplier,amount\nA,1\n")
    answer = client.post(
        _url(made, "answer_obligation", report.pk), {"note": "All purchases", "files": [sent]}
    )
    assert answer.status_code == 302
    factories.sign_in(client, director)
    page = client.get(_url(made, "obligation", report.pk)).content.decode()
    assert "All purchases" in page
    with program_scope(made.program.pk):
        file_id = Proof.objects.get().file_id
    file = client.get(_url(made, "proof", report.pk, file_id))
    assert b"".join(file.streaming_content) == b"supplier,amount\nA,1\n"
    assert (file["Content-Disposition"], file["Content-Security-Policy"]) == (
        'attachment; filename="march.csv"',
        "sandbox; default-src 'none'",
    )


def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(client, brand, made, report):
    photo = SimpleUploadedFile("stop.jpg", files.jpeg(), content_type="application/pdf")
    brand.post(_url(made, "answer_obligation", report.pk), {"note": "Photo", "files": [photo]})
    with program_scope(made.program.pk):
        file_id = Proof.objects.get().file_id
    answer = client.get(_url(made, "proof", report.pk, file_id))
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg"
    assert [secret for secret in files.SECRETS if secret in content] == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<html><script>", "page.html: Web pages, SVG drawings and programs are not taken."),
        ("report.pdf", b"MZ\x90\x00\x03", "report.pdf: This kind of file is not taken."),
        ("many.zip", b"PK\x03\x04abc", "many.zip: The document is damaged or did not arrive whole."),
        ("empty.pdf", b"", "empty.pdf: The submitted file is empty."),
    ],
)
def test_a_file_of_another_kind_is_refused_and_the_words_stay(brand, made, report, name, content, words):
    answer = brand.post(
        _url(made, "answer_obligation", report.pk),
        {"note": "All purchases", "files": [SimpleUploadedFile(name, content)]},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "All purchases" in page


@override_settings(MAX_UPLOAD_BYTES=1000)
def test_a_file_that_is_too_large_is_refused_in_a_sentence(brand, made, report):
    sent = SimpleUploadedFile("large.pdf", b"%PDF-" + b"x" * 2000)
    answer = brand.post(_url(made, "answer_obligation", report.pk), {"note": "Here", "files": [sent]})
    assert answer.status_code == 422
    assert "The file is larger than" in answer.content.decode()


def test_a_returned_answer_says_why_to_the_brand_and_not_who(client, made, report, director):
    with program_scope(made.program.pk):
        obligations.answer(obligation_id=report.pk, note="Sent", by=made.officer, at=AT)
    factories.sign_in(client, director)
    sent = client.post(
        _url(made, "return_obligation", report.pk),
        {"reason": "February is missing.", "again_within_days": "7"},
    )
    assert sent.status_code == 302
    factories.sign_in(client, made.officer)
    page = client.get(_url(made, "obligation", report.pk)).content.decode()
    assert "February is missing." in page
    assert "The program" in page
    assert str(director) not in page.partition("<main")[2]


def test_the_second_to_decide_is_told_in_a_sentence(staff, made, report):
    with program_scope(made.program.pk):
        obligations.answer(obligation_id=report.pk, note="Sent", by=made.officer, at=AT)
    for status in (302, 422):
        answer = staff.post(_url(made, "accept_obligation", report.pk), {"reason": ""})
        assert answer.status_code == status
    assert "is “Accepted” already" in answer.content.decode()


@pytest.mark.parametrize(
    "filter_", ["", "?state=waiting", "?due=overdue", "?due=undated", "?clause=reporting", "?q=Report"]
)
def test_the_list_shows_what_is_open(staff, made, report, filter_):
    page = staff.get(_url(made, "obligations") + filter_)
    assert page.status_code == 200
    assert ("Report of purchases" in page.content.decode()) == (filter_ not in {"?due=undated"})


def test_the_list_costs_the_same_for_one_row_and_for_many(staff, made, report, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert staff.get(_url(made, "obligations")).status_code == 200
        return len(queries)

    count()
    one = count()
    with program_scope(made.program.pk):
        schedule = made.version.clauses.get(kind="reporting").schedules.get()
    schedules.open_next(
        program_id=made.program.pk, schedule_id=schedule.pk, at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    )
    assert count() == one


def test_a_brand_does_not_choose_among_parties(brand, made, report):
    page = brand.get(_url(made, "obligations")).content.decode()
    assert "Report of purchases" in page
    assert "Who owes it" not in page


def test_another_brand_finds_nothing(client, made, report):
    other = bound(made.program, REPORTING, name="Other")
    factories.sign_in(client, other.officer)
    assert client.get(_url(made, "obligation", report.pk)).status_code == 404
    assert client.post(_url(made, "answer_obligation", report.pk), {"note": "x"}).status_code == 404


# ── Breaches ─────────────────────────────────────────────────────────────────────────────────────


def test_a_breach_goes_from_the_form_to_a_served_letter_and_its_acknowledgement(client, made, director):
    factories.sign_in(client, director)
    opened = client.post(
        _url(made, "open_breach"),
        {
            "participation": str(made.brand.pk),
            "agreement": str(made.agreement.pk),
            "title": "Late payment",
            "facts": "Nothing was paid.",
        },
    )
    with program_scope(made.program.pk):
        breach = Breach.objects.get()
    assert opened["Location"] == _url(made, "breach", breach.pk)
    draft = client.get(_url(made, "draft_letter", breach.pk))
    assert draft.content.startswith(b"%PDF-")
    assert client.post(_url(made, "serve_notice", breach.pk)).status_code == 302
    factories.sign_in(client, made.officer)
    page = client.get(_url(made, "breach", breach.pk)).content.decode()
    assert "Nothing was paid." in page
    assert "Notice of breach, to its cure" in page
    assert client.post(_url(made, "acknowledge_breach", breach.pk)).status_code == 302
    with program_scope(made.program.pk):
        breach.refresh_from_db()
        assert breach.acknowledged_at is not None
    letter = client.get(_url(made, "breach_file", breach.pk, breach.letter_id))
    assert b"".join(letter.streaming_content).startswith(b"%PDF-")


def test_a_breach_of_an_agreement_is_one_of_its_parties(staff, made):
    stranger = factories.brand(made.program)
    answer = staff.post(
        _url(made, "open_breach"),
        {"participation": str(stranger.pk), "agreement": str(made.agreement.pk), "title": "x", "facts": "y"},
    )
    assert answer.status_code == 422
    assert "no party of that agreement" in answer.content.decode()


def test_the_committee_votes_and_decides_on_pages(client, made, director):
    with program_scope(made.program.pk):
        breach = breaches.open_breach(
            agreement_id=made.agreement.pk, participation_id=made.brand.pk, title="Late", facts="…", at=AT
        )
        breaches.serve_notice(breach_id=breach.pk, letter=b"%PDF-", by=director, at=AT)
    factories.sign_in(client, made.officer)
    client.post(_url(made, "file_petition", breach.pk), {"petition": "We did pay."})
    member = factories.member(made.program, "committee_member")
    factories.sign_in(client, member)
    with program_scope(made.program.pk):
        dispute = breach.disputes.get()
    assert client.post(_url(made, "cast_vote", dispute.pk), {"choice": "against"}).status_code == 302
    assert client.post(_url(made, "decide_dispute", dispute.pk), {"decision": "It paid."}).status_code == 302
    factories.sign_in(client, made.officer)
    page = client.get(_url(made, "breach", breach.pk)).content.decode()
    assert "It is no breach" in page
    assert "It paid." in page
    assert str(member) not in page


# ── My work today ────────────────────────────────────────────────────────────────────────────────


def test_obligations_stand_in_both_inboxes(client, made, director):
    now = timezone.now()
    with program_scope(made.program.pk):
        clause = made.version.clauses.get(kind="reporting")
        owed = obligations.open_obligation(
            clause=clause,
            party=made.agreement.parties.get(),
            duty="reporting.report",
            period=(now.date(), now.date()),
            counted_from=now,
            at=now,
        )
        assert Clock.objects.of(owed).exists()
    factories.sign_in(client, made.officer)
    page = client.get(reverse("ui:inbox")).content.decode()
    assert page.count("Report of purchases") >= 2
    assert "1 Reporting" in page
    with program_scope(made.program.pk):
        obligations.answer(obligation_id=owed.pk, note="Sent", by=made.officer, at=now)
    factories.sign_in(client, director)
    page = client.get(reverse("ui:inbox")).content.decode()
    assert "Brand has answered (clause 1); accept or return it." in page
