"""Invented complaints of the demo: one nobody has read yet, one being worked on, one made good and closed,
one that is outside, one set aside, and one from which a suspension followed. Nobody wrote them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from audits.operations import requests
from complaints.enums import (
    Act,
    Channel,
    CheckInAnswer,
    FiledBy,
    Outcome,
    OwedBy,
    Part,
    Recipient,
    RemedyKind,
    Reply,
    Said,
    Way,
)
from complaints.models import Complainant, Complaint, TriageRule
from complaints.operations import (
    answering,
    findings,
    inquiry,
    intake,
    parts,
    reading,
    remedies,
    resolutions,
    reviews,
    triage,
    visits,
    watch,
)
from complaints.operations.drafts import Token
from complaints.operations.intake import Facts, Where, Who
from complaints.queries.visits import unwatched
from programs.demo.clocks import pass_until
from programs.models import Provision, Workplace
from programs.queries import code_in_force, today
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import program_scope, worker_scope
from wsr.tenancy.models import Program

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What an invented worker sends, and how long ago."""

    about: str
    what: str
    days: int
    language: str = "en"
    who: Who = Who()  # noqa: RUF009 -- frozen
    place: int = 0  # the first workplace by name, or another
    channel: Channel = Channel.WEB
    is_set_aside: bool = False


NEW = Told(
    about="wages",
    what="Nos descontaron dos horas cada día del mes pasado. Nadie nos dijo por qué. Somos varios. (demo)",
    days=0,
    language="es",
)
WORKED_ON = Told(
    about="hours",
    what="They told us to stay until nine at night all week. Whoever left was sent home the next day. (demo)",
    days=9,
    who=Who(
        name="Demo Worker",
        phone="+12025550123",
        safe_contact="After eight at night. Say you are calling about the bus.",
        may_call=True,
        consents=[(Recipient.EMPLOYER, Said.FACTS)],
    ),
    place=1,
)
OUTSIDE = Told(about="wages", what="Wages of March came six weeks late. (demo)", days=20)
SOLVED = Told(
    about="safety",
    what="There was no clean water at the far end, and whoever walked to the gate lost pay. (demo)",
    days=50,
)
SET_ASIDE = Told(about="", what="test test test test (demo)", days=0, is_set_aside=True)
# She called the number on the card of the session before. What the visit found was not put right: `audits/demo/ladder.py`.
CALLED = Told(
    about="harassment",
    what="El mayordomo se burla de las mujeres de la cuadrilla y dice cosas de su cuerpo. El patrón lo sabe. (demo)",
    days=138,
    language="es",
    place=3,
    channel=Channel.HOTLINE,
)


@dataclass(frozen=True)
class Cast:
    """Who acts in one demo program, and its workplaces by name."""

    program: Program
    director: Person
    handler: Person
    inspector: Person
    operator: Person
    places: list[Workplace]

    def staff(self, person: Person | None = None) -> Any:
        """The scope of the handler, or of somebody else of the staff."""
        return program_scope(self.program.pk, person_id=(person or self.handler).pk)


def build(*, program: Program, director: Person, at: datetime, **_others: Any) -> None:
    """The complaints of a demo program. Runs outside any scope: each person acts in her own, and so does each worker."""
    with program_scope(program.pk, person_id=director.pk):
        people = {row.role: row.person for row in Membership.objects.active().select_related("person")}
        places = list(Workplace.objects.open().order_by("name", "pk"))
        scopes = dict(TriageRule.objects.values_list("key", "scope"))
    roles = (Role.CASE_HANDLER, Role.INSPECTOR_IN_CHARGE, Role.HOTLINE_OPERATOR)
    cast = Cast(program, director, *(people[role] for role in roles), places)
    if program.blueprint == "fair_food":
        _uphold(cast, _send(cast, CALLED, at), at - timedelta(days=CALLED.days))
    for told in (NEW, SET_ASIDE):
        _send(cast, told, at)
    _work_on(cast, _send(cast, WORKED_ON, at), at - timedelta(days=WORKED_ON.days))
    if places:
        _solve(cast, _send(cast, SOLVED, at), at - timedelta(days=SOLVED.days))
    if scopes.get(OUTSIDE.about) == "outside":
        _refer(cast, _send(cast, OUTSIDE, at), at - timedelta(days=OUTSIDE.days))


def _send(cast: Cast, told: Told, at: datetime) -> UUID:
    """As the web form does, or the operator who writes down what she is told."""
    token = Token.new(cast.program.pk)
    place = cast.places[told.place] if told.place < len(cast.places) else None
    then = at - timedelta(days=told.days)
    with worker_scope(cast.program.pk, token.case_id):
        intake.receive(
            token=token,
            facts=Facts(
                channel=told.channel,
                filed_by=FiledBy.WORKER,
                language=told.language,
                rule_key=told.about,
                is_set_aside=told.is_set_aside,
                where=Where(place.pk, place.supplier_id) if place else Where(),
            ),
            answers={"what": told.what},
            complainants=[told.who],
            entered_by=cast.operator if told.channel == Channel.HOTLINE else None,
            at=then,
        )
    pass_until(cast.program.pk, then)
    return token.case_id


def _accept(cast: Cast, case: UUID, words: str, at: datetime) -> Complaint:
    """Taken, read and answered on the day, accepted on the next where it is about a workplace. In the handler's scope."""
    act: dict[str, Any] = {"complaint_id": case, "by": cast.handler}
    parts.take(**act, at=at + timedelta(hours=2))
    reading.read(**act, at=at + timedelta(hours=2))
    complaint = Complaint.objects.select_related("rule").get(pk=case)
    answering.answer(**act, text=words, at=at + timedelta(hours=3))
    if complaint.workplace_id:
        triage.accept(
            **act,
            severity_id=complaint.severity_id,
            workplace_id=complaint.workplace_id,
            is_urgent=False,
            at=at + DAY,
        )
    return complaint


def _ask_for_visit(cast: Cast, case: UUID, words: str, at: datetime) -> None:
    """The inspectors read what to look at, and nothing of the complaint; one of them sees to it."""
    with cast.staff():
        asked = visits.ask(
            complaint_id=case, words=words, wanted_by=today(at + 20 * DAY), by=cast.handler, at=at
        )
    with cast.staff(cast.inspector):
        requests.take(request_id=asked.pk, by=cast.inspector, at=at + DAY)


def _work_on(cast: Cast, case: UUID, at: datetime) -> None:
    """Accepted, and a visit asked for: the one that only its team knows of."""
    with cast.staff():
        words = "Thank you. We look into it. Did they write down the hours you stayed? (demo)"
        complaint = _accept(cast, case, words, at)
        answering.note(
            complaint_id=case,
            text="Ask for the time sheets of all crews, not of one. (demo)",
            by=cast.handler,
            at=at + 2 * DAY,
        )
    if complaint.workplace_id:
        _ask_for_visit(
            cast, case, "Time sheets of all crews, of this month and the last (demo).", at + 2 * DAY
        )


def _find(cast: Cast, complaint: Complaint, workers: int, reasons: str, at: datetime) -> Complainant:
    """What she said is so: about the provision that the program's table names, else about the first one. Returns her. In the handler's scope."""
    act: dict[str, Any] = {"complaint_id": complaint.pk, "by": cast.handler, "at": at}
    provisions = Provision.objects.filter(code=code_in_force()).order_by("position", "pk")
    provision = provisions.filter(pk=complaint.rule.provision_id).first() or provisions[0]
    findings.find(
        **act, provision_id=provision.pk, outcome=Outcome.UPHELD, workers_affected=workers, reasons=reasons
    )
    findings.conclude(**act)
    return Complainant.objects.get(complaint_id=complaint.pk)


def _solve(cast: Cast, case: UUID, at: datetime) -> None:
    """Investigated, made good, agreed on the phone, closed by a second person; the worker is to be asked how she is treated since."""
    act: dict[str, Any] = {"complaint_id": case, "by": cast.handler}
    with cast.staff():
        complaint = _accept(cast, case, "Thank you. We look into it this week. (demo)", at)
        inquiry.begin(**act, way=Way.MONITOR, at=at + 2 * DAY)
        _watch_visits(cast, complaint, at + 6 * DAY)
        reasons = "Eleven workers say the same, and the photos show it. (demo)"
        her = _find(cast, complaint, 11, reasons, at + 9 * DAY)
        remedy = remedies.owe(
            **act,
            kind=RemedyKind.MONEY,
            words="The pay for the walks to the gate. (demo)",
            owed_by=OwedBy.EMPLOYER,
            due_on=today(at + 20 * DAY),
            worker_count=11,
            complainant_ids=[her.pk],
            money=remedies.Money(Decimal("1240.50"), "USD"),
            at=at + 10 * DAY,
        )
        remedies.pay(remedy_id=remedy.pk, by=cast.handler, at=at + 15 * DAY)
        resolutions.propose(
            **act, text="Clean water at both ends, and you get the pay you lost. (demo)", at=at + 16 * DAY
        )
        said = {"complainant_id": her.pk, "reply": Reply.AGREES, "words": ""}
        resolutions.enter_answer(**act, **said, at=at + 17 * DAY)
        asked = parts.ask(**act, person_id=cast.director.pk, part=Part.REVIEWER, at=at + 17 * DAY)
        reviews.hand_over(**act, reason="", at=at + 18 * DAY)
    with cast.staff(cast.director):
        parts.accept(assignment_id=asked.pk, by=cast.director, at=at + 18 * DAY)
        reviews.approve(complaint_id=case, by=cast.director, at=at + 19 * DAY)


def _uphold(cast: Cast, case: UUID, at: datetime) -> None:
    """A visit was asked for and found the same; what is owed is not done to this day, and the complaint stays open."""
    act: dict[str, Any] = {"complaint_id": case, "by": cast.handler}
    with cast.staff():
        complaint = _accept(
            cast, case, "Gracias por llamar. Vamos a averiguar sin decir quién llamó. (demo)", at
        )
        inquiry.begin(**act, way=Way.MONITOR, at=at + DAY)
    _ask_for_visit(cast, case, "How supervisors speak with their crews (demo).", at + 2 * DAY)
    with cast.staff():
        _watch_visits(cast, complaint, at + 9 * DAY)
        reasons = "Eight of those interviewed at the visit say the same. (demo)"
        her = _find(cast, complaint, 8, reasons, at + 25 * DAY)
        remedies.owe(
            **act,
            kind=RemedyKind.DISCIPLINE,
            words="He leads no crew any more. (demo)",
            owed_by=OwedBy.EMPLOYER,
            due_on=today(at + 55 * DAY),
            worker_count=1,
            complainant_ids=[her.pk],
            at=at + 26 * DAY,
        )
        for days in (17, 40, 100):
            watch.key_in(
                complaint_id=case,
                complainant_id=her.pk,
                answer=CheckInAnswer.FINE,
                harms=(),
                words="",
                channel=Channel.HOTLINE,
                by=cast.handler,
                at=at + days * DAY,
            )


def _watch_visits(cast: Cast, complaint: Complaint, at: datetime) -> None:
    """Somebody of the program has been there since: from that day on she is asked how she is treated. In the handler's scope."""
    if unwatched().filter(pk=complaint.pk).exists():
        watch.employer_can_see(complaint, Act.VISIT, at=at, by=cast.handler)


def _refer(cast: Cast, case: UUID, at: datetime) -> None:
    act: dict[str, Any] = {"complaint_id": case, "by": cast.handler}
    with cast.staff():
        parts.take(**act, at=at + timedelta(hours=5))
        reading.read(**act, at=at + timedelta(hours=5))
        partner = Complaint.objects.select_related("rule").get(pk=case).rule.partner
        triage.refer(**act, partner=partner, words="Late wages, six weeks. (demo)", at=at + DAY)
