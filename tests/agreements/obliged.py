"""Agreements in force, made as rows, for tests of what follows from them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from agreements.enums import ClauseKind
from agreements.models import Agreement, AgreementVersion, Clause, Party
from programs.models import Participation
from tests import factories
from wsr.accounts.models import Organization, OrganizationKind, Person
from wsr.files.models import StoredFile
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

START = dt.date(2026, 3, 1)
DAYS_30 = {"value": 30, "unit": "days"}
REPORTING = (ClauseKind.REPORTING, {"report_every": "monthly", "report_within": DAYS_30})
DISPUTES = (
    ClauseKind.DISPUTE_RESOLUTION,
    {
        "cure_within": DAYS_30,
        "decide_within": {"value": 21, "unit": "days"},
        "appeal_within": {"value": 14, "unit": "days"},
        "arbitration": "UNCITRAL rules, seat in The Hague",
    },
)


@dataclass
class Bound:
    """A brand with an account and its agreement in force."""

    program: Program
    organization: Organization
    brand: Participation
    officer: Person
    agreement: Agreement
    version: AgreementVersion

    def clause(self, kind: str) -> Clause:
        """Its clause of a kind; inside a scope."""
        return Clause.objects.get(version=self.version, kind=kind)


def bound(
    program: Program,
    *clauses: tuple[str, dict],
    name: str = "Brand",
    starts_on: dt.date = START,
    union: Participation | None = None,
) -> Bound:
    """A brand that is bound by these clauses since `starts_on`, to a worker organization if one is given. Nothing has been opened yet."""
    organization = factories.organization(OrganizationKind.BRAND, name=name)
    brand = factories.brand(program, name=name, organization=organization)
    officer = factories.member(program, "brand_officer", organization=organization)
    with program_scope(program.pk):
        agreement = Agreement.objects.create(
            number=f"A-{name}"[:20],
            title=f"Agreement of {name}",
            created_at=factories.AT,
            updated_at=factories.AT,
        )
        Party.objects.create(agreement=agreement, participation=brand, side="brand")
        if union:
            Party.objects.create(agreement=agreement, participation=union, side="program", position=1)
    made = Bound(program, organization, brand, officer, agreement, None)
    made.version = version(made, *clauses, starts_on=starts_on)
    with program_scope(program.pk):
        for state in ("proposed", "signed", "in_force"):
            Agreement.objects.filter(pk=agreement.pk).update(state=state)
    return made


def version(
    made: Bound, *clauses: tuple[str, dict], starts_on: dt.date, ends_on: dt.date | None = None
) -> AgreementVersion:
    """The next version, in force; the one before it is amended."""
    with program_scope(made.program.pk):
        AgreementVersion.objects.filter(agreement=made.agreement, state="in_force").update(state="amended")
        text = StoredFile.objects.create(
            sha256="0" * 64,
            size=1,
            name=f"{uuid.uuid4()}.pdf",
            media_type="application/pdf",
            stored_at=factories.AT,
        )
        new = AgreementVersion.objects.create(
            agreement=made.agreement,
            number=made.agreement.versions.count() + 1,
            created_at=factories.AT,
            proposed_at=factories.AT,
            starts_on=starts_on,
            ends_on=ends_on,
            text_file=text,
            text_sha256="0" * 64,
        )
        for place, (kind, parameters) in enumerate(clauses, start=1):
            Clause.objects.create(
                version=new,
                kind=kind,
                reference=str(place),
                title=ClauseKind(kind).label,
                text="…",
                parameters=parameters,
                position=place,
            )
        for state in ("proposed", "signed", "in_force"):
            AgreementVersion.objects.filter(pk=new.pk).update(state=state)
        new.refresh_from_db()
    return new
