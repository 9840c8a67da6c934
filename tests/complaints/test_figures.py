"""Figures for staff: each says what it divides by what, leads to the rows it counts, and is exact; and the gate of the complaint line."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints import rates
from complaints.enums import ComplaintState, FiledBy, Topic
from complaints.gates import code_of, complaint_line
from complaints.models import TriageRule
from complaints.queries import kpis
from programs.models import Rule, Severity, Workplace
from tests import factories
from tests.complaints.making import AT
from tests.complaints.test_counting import keep, rows
from tests.factories import sign_in
from wsr.tenancy import program_scope

DAY = dt.timedelta(days=1)


# Source of the numbers: `domain.md` 5.5.
@pytest.mark.parametrize(
    ("found", "value"),
    [
        (rates.percent(163, 185), "88.1"),
        (rates.percent(163, 182), "89.6"),
        (rates.percent(28, 44), "63.6"),
        (rates.percent(0, 5), "0.0"),
        (rates.per_100_a_year(460, 260, 30), "70.8"),  # “71 per 100 per year”
        (rates.per_100_in_days(365, 1000, 365), "36.5"),
    ],
)
def test_published_figures_come_out(found, value):
    assert found == Decimal(value)


def test_nothing_is_divided_by_nothing():
    assert [rates.percent(0, 0), rates.per_100_a_year(3, 0, 12), rates.per_100_in_days(3, 5, 0)] == [None] * 3
    assert round(rates.per_100_a_year(460, 260, 30)) == 71


@pytest.fixture
def program(transactional_db):
    """A program where complaints came in over a year, some resolved, some left, some open for long."""
    made = factories.program(time_zone="Asia/Dhaka")
    factories.workplace(made, worker_count=200)
    factories.workplace(made, worker_count=None)
    made.handler = factories.member(made, "case_handler")
    with program_scope(made.pk):
        grave = Severity.objects.create(key="grave", label="Grave", position=0, certainty="set_by_program")
    decided = {"handler": made.handler, "severity": grave}
    now = timezone.now()
    keep(
        [
            row
            for state, ages, fields in (
                (ComplaintState.CLOSED, [(40, 3), (40, 10), (40, 29), (40, 35), (20, 6), (9, 5)], decided),
                (ComplaintState.REFERRED, [(50, None)], decided),
                (ComplaintState.RECEIVED, [(5, None), (10, None), (20, None)], {}),
                (ComplaintState.INVESTIGATING, [(300, None)], decided),
                (ComplaintState.SET_ASIDE, [(50, None)], {}),
                (ComplaintState.RECEIVED, [(50, None)], {"filed_by": FiledBy.PROGRAM}),
            )
            for days, took in ages
            for row in rows(
                made,
                1,
                now - days * DAY,
                state=state,
                closed_at=None if took is None else now - (days - took) * DAY,
                **fields,
            )
        ]
    )
    return made


def _figures(program, at=None):
    at = at or timezone.now()
    with program_scope(program.pk, person_id=program.handler.pk):
        period = kpis.Period(at.date() - 364 * DAY, at.date() + DAY)
        return {one.key: one for one in kpis.figures(period, at=at)}, kpis.lines(
            period, Topic.SEVERITY, at=at
        )


def test_every_figure_says_what_it_divides(program):
    found, by_severity = _figures(program)

    said = {key: (one.part, one.whole, one.value) for key, one in found.items()}
    assert said == {
        "resolved": (6, 11, Decimal("54.5")),
        "resolved_handled": (6, 10, Decimal("60.0")),
        "within_7": (3, 10, Decimal("30.0")),
        "within_14": (3, 8, Decimal("37.5")),
        "within_30": (
            3,
            6,
            Decimal("50.0"),
        ),  # 3, 10 and 29 days; as old are also 35 days, one referred, one open
        "open_7": (3, 4, Decimal(3)),
        "open_14": (2, 4, Decimal(2)),
        "open_30": (1, 4, Decimal(1)),
        "retaliation": (0, 11, Decimal("0.0")),
        "per_100_workers": said["per_100_workers"],
    }
    assert said["per_100_workers"][:2] == (11, 200)
    assert "1 of 2 workplaces" in found["per_100_workers"].whole_is
    assert [(line.label, line.received) for line in by_severity] == [("Grave", 8), ("Not decided", 3)]
    assert [row[:2] for row in by_severity[0].resolved] == [(3, 8), (3, 7), (3, 6)]


def test_each_number_leads_to_just_the_rows_it_counts(program, client):
    sign_in(client, program.handler)
    page = client.get(reverse("complaints:figures", args=[program.slug]))
    assert page.status_code == 200
    checked = 0
    for one, part_url, whole_url in page.context["figures"]:
        for url, number in ((part_url, one.part), (whole_url, one.whole)):
            if url and number:
                listed = client.get(url).context["table"].total
                assert (one.key, url, listed) == (one.key, url, number)
                checked += 1
    assert checked == 18
    html = page.content.decode()
    assert "received in the period, at least 7 days ago" in html
    assert "In time, by category" in html


def test_the_file_and_who_gets_it(program, client):
    director = factories.member(program, "director")
    address = reverse("complaints:figures", args=[program.slug])
    sign_in(client, director)
    begins = (timezone.now().date() - 364 * DAY).isoformat()
    said = {"begins_on": begins, "ends_on": timezone.now().date().isoformat(), "export": "csv"}
    text = b"".join(client.get(address, said).streaming_content).decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["Figure"], first["Count"], first["Of"], first["Received from"]) == (
        "Resolved, of all received",
        "6",
        "11",
        begins,
    )
    wrong = client.get(address, {"begins_on": "2026-03-02", "ends_on": "2026-03-01"})
    assert (wrong.status_code, "The last day is before the first." in wrong.content.decode()) == (422, True)
    sign_in(client, program.handler)
    assert client.get(address, said).status_code == 403  # handlers take no lists away
    sign_in(client, factories.member(program, "finance"))
    assert client.get(address).status_code == 403


# ── The gate ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_complaint_line_stands_when_everything_does():
    program = factories.program()
    steps = [
        ("no line yet", lambda: _line({"en": "Wages"})),
        ("Fewer than two people", lambda: factories.member(program, "case_handler")),
        ("Fewer than two people", lambda: factories.member(program, "case_handler")),
        ("Complaint received, to the first answer", lambda: _length("clocks.complaint_acknowledged")),
        ("Complaint received, to its resolution", lambda: _length("targets.complaint_closed")),
        ("no words in বাংলা", lambda: _line({"en": "Wages", "bn": "মজুরি"})),
        (
            "Workers speak Sylheti",
            lambda: Workplace.objects.filter(languages=["Sylheti"]).update(languages=[]),
        ),
    ]
    factories.workplace(program, languages=["Bengali", "en"])
    factories.workplace(program, languages=["Sylheti"])
    for missing, mend in steps:
        with program_scope(program.pk):
            assert missing in complaint_line(program.pk)
            if "Fewer" not in missing:
                mend()
        if "Fewer" in missing:
            mend()
    with program_scope(program.pk):
        assert complaint_line(program.pk) is True


def _line(label):
    TriageRule.objects.update(valid_until=AT.date())
    TriageRule.objects.create(key="wages", label=label, valid_from=AT.date() - DAY, set_at=AT)


def _length(key):
    Rule.objects.create(
        section=key.partition(".")[0],
        key=key,
        label=key,
        value=10,
        unit="days",
        certainty="set_by_program",
        valid_from=AT.date(),
        set_at=AT,
    )


@pytest.mark.parametrize(
    ("spoken", "code"),
    [
        ("es-MX", "es"),
        ("Bangla", "bn"),
        ("bengali ", "bn"),
        ("Haitian Creole", "ht"),
        ("اردو", "ur"),
        ("Khmer", ""),
        ("", ""),
    ],
)
def test_languages_as_people_write_them(spoken, code):
    assert code_of(spoken) == code
