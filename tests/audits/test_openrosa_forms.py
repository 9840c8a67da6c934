"""Forms for phones: made by pyxform, one per visit; and reading what comes back."""

from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from audits.enums import InspectionState
from audits.models import Question
from audits.openrosa import forms
from audits.openrosa.submissions import Malformed, read
from audits.queries.checklists import checklist
from programs.models import Severity
from tests import factories
from tests.audits import rows
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope

NASTY = 'Doors < 1 m & "${wages}" \x07 never locked'


@pytest.fixture
def visit(program):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    return rows.inspection(program, planner, state=InspectionState.IN_PROGRESS), planner


def made(program, visit) -> SimpleNamespace:
    inspection, planner = visit
    with program_scope(program.pk, person_id=planner.pk):
        lines = checklist(inspection)
        severities = list(Severity.objects.all())
        text = forms.xform(inspection, lines, severities)
    return SimpleNamespace(lines=lines, text=text, root=ET.fromstring(text))


def instance(form) -> ET.Element:
    return form.root.find(".//{http://www.w3.org/2002/xforms}instance")[0]


def test_a_form_asks_every_provision_once(program, visit):
    form = made(program, visit)
    root = instance(form)
    assert root.get("id") == f"visit-{visit[0].pk}"
    assert root.get("version") == forms.version(form.lines)
    answers = root.find("{http://www.w3.org/2002/xforms}answers")
    asked = [element.tag.rpartition("}")[2] for element in answers]
    assert [name for name in asked if not name.endswith("_note")] == [
        forms.name_of("p", line.provision.pk) for line in form.lines
    ]


def test_questions_of_the_kind_of_visit_take_the_place_of_their_provision(program, visit):
    inspection, planner = visit
    with program_scope(program.pk, person_id=planner.pk):
        first, second = inspection.code.provisions.all()[:2]
        asked = Question.objects.create(code=inspection.code, provision=first, text=NASTY, kinds=["seasonal"])
        Question.objects.create(code=inspection.code, provision=second, text="Fire doors?", kinds=["fire"])
    form = made(program, visit)
    assert [line.question and line.question.pk for line in form.lines] == [asked.pk, None]
    labels = [
        " ".join((label.text or "").split())
        for label in form.root.iter("{http://www.w3.org/2002/xforms}label")
    ]
    assert '1 Doors < 1 m & "$ {wages}" never locked' in labels


def test_the_version_changes_with_the_checklist_and_with_nothing_else(program, visit):
    inspection, planner = visit
    before = made(program, visit)
    assert forms.version(before.lines) == forms.version(made(program, visit).lines)
    with program_scope(program.pk, person_id=planner.pk):
        provision = inspection.code.provisions.first()
        Question.objects.create(code=inspection.code, provision=provision, text="Is it so?")
    assert forms.version(before.lines) != forms.version(made(program, visit).lines)


# ── What comes back ──────────────────────────────────────────────────────────────────────────────

KEY = "0199ad3e-0000-7000-8000-000000000001"
HEX = KEY.replace("-", "")


def document(
    inside: str = "",
    *,
    form: str = f"visit-{KEY}",
    instance_id: str = "uuid:0199ad3e-aaaa-7000-8000-0000000000ff",
):
    meta = f"<meta><instanceID>{instance_id}</instanceID></meta>"
    return f'<?xml version="1.0"?><data id="{form}" version="v1">{inside}{meta}</data>'.encode()


def test_a_filled_form_is_read_whole():
    sent = read(
        document(
            "<started_at>2026-03-02T07:00:00.000+06:00</started_at><workers_present>120</workers_present>"
            f"<answers><p_{HEX}>not_met</p_{HEX}><p_{HEX}_note>No exit.</p_{HEX}_note></answers>"
            "<interviews><workers>62</workers><place>housing</place><language>bn</language><held_on>2026-03-02</held_on></interviews>"
            "<interviews><workers/><place/><language/><held_on>2026-03-02</held_on></interviews>"
            f"<findings><provision>p_{HEX}</provision><title>Locked</title><workers_affected>40</workers_affected>"
            "<photos><photo>1.jpg</photo><caption>Door</caption></photos></findings>"
            "<more_photos><photo>2.jpg</photo></more_photos><summary>Done.</summary>"
        )
    )
    assert (sent.inspection_id.hex, sent.workers_present, sent.summary) == (HEX, 120, "Done.")
    assert sent.started_at.isoformat() == "2026-03-02T07:00:00+06:00"
    [answer] = sent.responses
    assert (answer.fields["provision_id"].hex, answer.fields["answer"], answer.fields["note"]) == (
        HEX,
        "not_met",
        "No exit.",
    )
    [interview] = sent.interviews  # the one that was opened and left is none
    assert (interview.fields["workers"], interview.fields["place"]) == (62, "housing")
    [finding] = sent.findings
    assert (finding.fields["title"], finding.fields["workers_affected"]) == ("Locked", 40)
    assert [(photo.file_name, photo.finding_id) for photo in sent.photos] == [
        ("2.jpg", None),
        ("1.jpg", finding.id),
    ]


def test_sent_again_it_has_the_same_ids_and_another_instance_has_others():
    inside = f"<findings><provision>p_{HEX}</provision><title>Locked</title></findings>"
    first, again = read(document(inside)), read(document(inside))
    other = read(document(inside, instance_id="uuid:0199ad3e-bbbb-7000-8000-0000000000ff"))
    assert first == again
    assert first.findings[0].id != other.findings[0].id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"<data",
        b"<data/>",
        "<data/>".encode("utf-16")[:9],
        b'<?xml version="1.0" encoding="nonsense"?><data/>',
        document(form="other"),
        document(form="visit-1"),
        document(instance_id=""),
        document(instance_id="../../etc"),
        document("<workers_present>many</workers_present>"),
        document("<workers_present>١٢</workers_present>"),
        document("<interviews><workers>1</workers><held_on>2026-99-99</held_on></interviews>"),
        b'<!DOCTYPE data [<!ENTITY a "aaaa">]>' + document("&a;")[21:],
        b'<!DOCTYPE data [<!ENTITY a SYSTEM "file:///etc/passwd">]><data>&a;</data>',
        document("<findings/>" * 2001),
        document("<a>" * 20000 + "</a>" * 20000),
    ],
)
def test_what_is_malformed_is_told_so(body):
    with pytest.raises(Malformed):
        read(body)
