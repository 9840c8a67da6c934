"""A complaint that was taken and accepted, with everybody who may come to work on it."""

import datetime as dt

from complaints.enums import ComplaintState, OwedBy, Part, RemedyKind, Way
from complaints.models import Assignment, Complainant, Complaint, Consent, WorkerKey
from complaints.operations import drafts, findings, inquiry, parts, remedies, triage
from programs.enums import CodeState
from programs.models import CodeVersion, Provision
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from wsr.tenancy import program_scope, worker_scope

TODAY = AT.date()
DUE = TODAY + dt.timedelta(days=30)


class Office:
    """A program with a code in force, a director, ana who handles, ben who investigates, eve with the second pair of eyes."""

    def __init__(self, *, is_sent: bool = False) -> None:
        """`is_sent`: through the intake, so that the worker has a number and a code (`receipt`)."""
        self.program = program = factories.program()
        self.director = factories.member(program, "director")
        self.ana, self.ben, self.eve = (factories.member(program, "case_handler") for _ in range(3))
        with program_scope(program.pk):
            self.code = CodeVersion.objects.create(
                number=1, title="Code", state=CodeState.IN_FORCE, in_force_on=TODAY, created_at=AT
            )
            self.provision, self.other_provision = (
                Provision.objects.create(code=self.code, reference=ref, title=title, position=position)
                for position, (ref, title) in enumerate([("1.1", "Wages"), ("1.2", "Hours")])
            )
        if is_sent:
            token = drafts.Token.new(program.pk)
            self.receipt = send(token)
            self.complaint = Complaint(pk=token.case_id, program_id=program.pk)
        else:
            self.complaint = making.complaint(program, text="They kept three weeks of pay.")
        self.workplace = factories.workplace(program)
        self.of = {"complaint_id": self.complaint.pk, "at": AT}
        with self.as_(self.ana):
            parts.take(**self.of, by=self.ana)
            triage.accept(
                **self.of,
                severity_id=None,
                workplace_id=self.workplace.pk,
                is_urgent=False,
                by=self.ana,
            )
            self.complainant = Complainant.objects.get()

    def as_(self, person):
        """The scope of one of them."""
        return program_scope(self.program.pk, person_id=person.pk)

    def as_worker(self):
        """The scope of the worker."""
        return worker_scope(self.program.pk, self.complaint.pk)

    def give(self, person, part: Part) -> Assignment:
        """Ana asks, and she accepts."""
        with self.as_(self.ana):
            asked = parts.ask(**self.of, person_id=person.pk, part=part, by=self.ana)
        with self.as_(person):
            return parts.accept(assignment_id=asked.pk, by=person, at=AT)

    def allow_facts(self) -> Consent:
        """She lets the employer be told what happened."""
        with self.as_worker():
            return Consent.objects.create(
                complaint=self.complaint,
                complainant=self.complainant,
                recipient="employer",
                said="facts",
                given_at=AT,
            )

    def key(self) -> WorkerKey:
        """Her key, as she comes back with it."""
        with self.as_worker():
            return WorkerKey.objects.create(
                complaint=self.complaint, complainant=self.complainant, hash="x", made_at=AT
            )

    def begin(self):
        """Ana investigates alone."""
        with self.as_(self.ana):
            return inquiry.begin(**self.of, way=Way.MONITOR, by=self.ana)

    def find(self, reasons: str = "The payroll lacks three weeks."):
        """One finding: it is so."""
        with self.as_(self.ana):
            return findings.find(
                **self.of,
                provision_id=self.provision.pk,
                outcome="upheld",
                workers_affected=11,
                reasons=reasons,
                by=self.ana,
            )

    def resolve(self):
        """As far as the remedies."""
        self.begin()
        self.find()
        with self.as_(self.ana):
            findings.conclude(**self.of, by=self.ana)

    def owe(self, **said):
        """Eleven workers are owed 1,240.50 USD, she among them."""
        with self.as_(said.get("by", self.ana)):
            return remedies.owe(
                **{
                    **self.of,
                    "kind": RemedyKind.MONEY,
                    "words": "Three weeks of pay.",
                    "owed_by": OwedBy.EMPLOYER,
                    "due_on": DUE,
                    "worker_count": 11,
                    "complainant_ids": [self.complainant.pk],
                    "money": remedies.Money(remedies.Decimal("1240.50"), "USD"),
                    "by": self.ana,
                    **said,
                }
            )

    def state(self) -> ComplaintState:
        """Where the complaint stands."""
        with self.as_(self.ana):
            self.complaint.refresh_from_db(fields=["state"])
        return ComplaintState(self.complaint.state)
