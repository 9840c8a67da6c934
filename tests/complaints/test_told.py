"""Whoever is walled off from a complaint is told nothing of it: no kind of notice, by no operation, at no later moment."""

import ast
import datetime as dt
from pathlib import Path

import pytest

import complaints
from complaints.models import Wall
from complaints.operations import parts
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.accounts.grants import Permission
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.notices.kinds import all_kinds
from wsr.notices.models import Notice, Outbox
from wsr.notices.operations import tell_people, tell_role
from wsr.notices.relay import relay
from wsr.tenancy import Audience, engine_scope, program_scope

OPERATIONS = Path(complaints.__file__).parent / "operations"
# Notices of no complaint of its own: several set aside in an hour, and several that somebody left behind.
OF_SEVERAL = {"complaints_unhandled", "complaint_set_aside_waits"}
KINDS = [
    kind.name
    for kind in all_kinds()
    if kind.prepare.__module__ == "complaints.notices" and Audience.STAFF in kind.to
]


@pytest.fixture
def office(transactional_db):
    """Two directors, one of them walled off from a complaint."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.one, office.walled = (factories.member(program, "director") for _ in range(2))
    office.complaint = making.complaint(program)
    with program_scope(program.pk, person_id=office.one.pk):
        parts.wall_off(
            person_id=office.walled.pk,
            complaint_id=office.complaint.pk,
            reason="Her brother works there.",
            by=office.one,
            at=AT,
        )
    return office


def told(office) -> dict[str, set[str]]:
    """{kind of notice: who has it in her list or in a message}"""
    with engine_scope(office.program.pk):
        rows = [
            *Notice.objects.values_list("kind", "person_id"),
            *Outbox.objects.exclude(person=None).values_list("kind", "person_id"),
        ]
    names = {office.one.pk: "one", office.walled.pk: "walled"}
    found: dict[str, set[str]] = {}
    for kind, person_id in rows:
        found.setdefault(kind, set()).add(names[person_id])
    return found


def test_no_kind_of_notice_and_no_clock_reaches_who_is_walled_off(office):
    """By role and by name: she may have been walled off after the act, and before the relay came."""
    complaint, context = office.complaint, {"complaint": str(office.complaint.pk)}
    of = {"at": AT, "context": context, "about": complaint.pk}
    with program_scope(office.program.pk):
        for kind in KINDS:
            tell_role(kind=kind, key=f"{kind}:role", permission=Permission.COMPLAINT_READ, **of)
            tell_people(kind=kind, key=f"{kind}:people", people=[office.one, office.walled], **of)
        clocks.start(
            kind="complaints.acknowledged",
            subject=complaint,
            started_at=AT,
            at=AT,
            length=Length(1, Unit.HOURS, Basis.TARGET),
        )
    clocks.sweep(at=AT + dt.timedelta(hours=2))
    relay(at=AT + dt.timedelta(hours=2), limit=1000)

    assert told(office) == {kind: {"one"} for kind in [*KINDS, "deadline"]}


def test_a_wall_between_the_notice_and_its_mail_stops_the_mail(office):
    with program_scope(office.program.pk):
        tell_people(
            kind="complaint_appealed",
            key="x",
            people=[office.one],
            at=AT,
            context={"complaint": str(office.complaint.pk)},
            about=office.complaint.pk,
        )
    relay(at=AT, limit=1)
    with program_scope(office.program.pk):
        Wall.objects.create(
            person=office.one,
            complaint=office.complaint,
            reason="A tie.",
            begun_at=AT,
            begun_by=office.walled,
        )
    relay(at=AT)

    with engine_scope(office.program.pk):
        mail = Outbox.objects.get(person=office.one)
        assert (mail.sent_at, mail.dropped_at) == (None, AT)


@pytest.mark.parametrize("path", sorted(OPERATIONS.rglob("*.py")), ids=lambda path: path.stem)
def test_every_operation_says_what_it_tells_of(path):
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("tell_role", "tell_people"):
            said = {word.arg: word.value for word in call.keywords}
            kind = said["kind"].value if isinstance(said["kind"], ast.Constant) else ""
            assert "about" in said or kind in OF_SEVERAL, f"{path.name}:{call.lineno}"
