"""Invented agreements of the demo: one in force with the brand whose people sign in, and one that waits for its signature."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agreements.documents.breaches import notice_of_breach
from agreements.enums import ClauseKind, Side, SignatureMethod
from agreements.models import AgreementVersion, Obligation, Party
from agreements.operations import agreements as operations
from agreements.operations import breaches, obligations, proposing, signing
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

AGO = timedelta(days=20)  # the first agreement; younger than what the brand owes by it
DAYS_30 = {"value": 30, "unit": "days"}
# What nobody has published, chosen for the demo.
CHOSEN: dict[str, dict[str, Any]] = {
    "financial_support": {"forms": ["loan", "prepayment"], "negotiate_within": DAYS_30},
    "stop_purchase": {
        "acknowledge_within": {"value": 7, "unit": "days"},
        "stop_within": DAYS_30,
        "prove_within": DAYS_30,
    },
    "sourcing_disclosure": {"first_within": DAYS_30, "update_every": "quarterly"},
    "reporting": {"report_every": "quarterly", "report_within": DAYS_30},
    "dispute_resolution": {"cure_within": DAYS_30, "decide_within": DAYS_30, "appeal_within": DAYS_30},
    "term": {"lasts": {"value": 36, "unit": "months"}, "notice": {"value": 3, "unit": "months"}},
}


def build(*, program: Program, director: Person, signatory: Person | None, at: datetime) -> None:
    """Two agreements with the brand that has an account, and what became of the first; none without a signatory. Outside any scope."""
    if signatory is None:
        return
    with program_scope(program.pk, person_id=director.pk):
        brand = Participation.objects.brands().exclude(organization=None).order_by("name").first()
        if brand is None:
            return
        first = _propose(brand, "Fair work agreement (demo)", by=director, at=at - AGO)
        _propose(brand, "Agreement on safe transport (demo)", by=director, at=at)
    portal = {"person_id": signatory.pk, "organization_id": brand.organization_id}
    then = at - AGO
    with program_scope(program.pk, Audience.BRAND, **portal):
        signing.sign(**_signature(first, Side.BRAND, "Head of sourcing (demo)", by=signatory, at=then))
    with program_scope(program.pk, person_id=director.pk):
        signing.countersign(**_signature(first, Side.PROGRAM, "Director (demo)", by=director, at=then))
    with program_scope(program.pk, Audience.BRAND, **portal):
        _answer(by=signatory, at=at)
    with program_scope(program.pk, person_id=director.pk):
        _serve(first, brand, by=director, at=at)


def _answer(*, by: Person, at: datetime) -> None:
    """The brand answers the first thing it owes; the program has not looked at it yet."""
    first = Obligation.objects.owed().filter(party__side=Side.BRAND).order_by("period_start", "pk").first()
    if first:
        note = "The list of our suppliers and their workplaces is complete (demo)."
        obligations.answer(obligation_id=first.pk, note=note, by=by, at=at)


def _serve(version_id: UUID, brand: Participation, *, by: Person, at: datetime) -> None:
    """A breach whose notice is served, and whose time to cure runs."""
    version = AgreementVersion.objects.get(pk=version_id)
    breach = breaches.open_breach(
        agreement_id=version.agreement_id,
        participation_id=brand.pk,
        clause_id=version.clauses.get(kind=ClauseKind.REPORTING).pk,
        title="Report of purchases sent without suppliers (demo)",
        facts="The report named the volumes of the quarter and not from whom they came (demo).",
        by=by,
        at=at - timedelta(days=5),
    )
    served = at - timedelta(days=4)
    breaches.serve_notice(breach_id=breach.pk, letter=notice_of_breach(breach, at=served), by=by, at=served)


def _propose(brand: Participation, title: str, *, by: Person, at: datetime) -> UUID:
    """An agreement from the program's own template, before the brand. Returns the version."""
    act: dict[str, Any] = {"by": by, "at": at}
    made = operations.start_from_template(template="own", title=title, **act)
    union = Participation.objects.worker_organizations().order_by("name").first()
    for participation, side in ((union, Side.PROGRAM), (brand, Side.BRAND)):
        operations.add_party(agreement_id=made.pk, participation_id=participation.pk, side=side, **act)
    version = made.versions.get()
    for clause in version.clauses.filter(kind__in=CHOSEN):
        operations.change_clause(
            clause_id=clause.pk,
            reference=clause.reference,
            title=clause.title,
            text=clause.text,
            is_public=clause.kind in ("financial_support", "stop_purchase"),
            parameters=CHOSEN[clause.kind],
            **act,
        )
    return proposing.propose(version_id=version.pk, **act).pk


def _signature(version_id: UUID, side: Side, title: str, *, by: Person, at: datetime) -> dict[str, Any]:
    version = AgreementVersion.objects.get(pk=version_id)
    return {
        "version_id": version_id,
        "party": Party.objects.get(agreement_id=version.agreement_id, side=side),
        "sha256": version.text_sha256,
        "name": by.name,
        "title": title,
        "method": SignatureMethod.TOTP,
        "by": by,
        "at": at,
    }
