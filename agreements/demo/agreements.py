"""Invented agreements of the demo: one in force with each brand, and one that waits for the signature of the first."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agreements.documents.breaches import notice_of_breach
from agreements.enums import ClauseKind, Side, SignatureMethod
from agreements.models import AgreementVersion, Obligation, Party, Schedule
from agreements.operations import agreements as operations
from agreements.operations import breaches, obligations, proposing, schedules, signing
from programs.models import Participation
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

AGO = timedelta(days=220)  # since then the agreements are in force
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
PREMIUM = {
    "rates": [{"product": "", "unit": "lb", "amount": "0.01", "currency": "USD"}],
    "paid_by": "direct",
    "period": "monthly",
    "supplier_share": "10",
    "pay_within": DAYS_30,
    "pass_on_within": DAYS_30,
}


def build(*, program: Program, director: Person, at: datetime) -> None:
    """Agreements in force with all brands, whose duties were answered on time, and one more before the first. Outside any scope."""
    then = at - AGO
    with program_scope(program.pk, person_id=director.pk):
        brands = list(Participation.objects.brands().exclude(organization=None).order_by("name"))
        signers = _signers()
        groups = _groups(program, brands)
        terms = {} if program.blueprint == "accord" else PREMIUM
        versions = [
            _propose(group, "Fair work agreement (demo)", premium=terms, by=director, at=then)
            for group in groups
        ]
        if brands:
            _propose(brands[:1], "Agreement on safe transport (demo)", by=director, at=at)
    for group, version in zip(groups, versions, strict=True):
        for brand in group:
            signer = signers[brand.organization_id]
            said = _signature(program, version, brand, "Head of sourcing (demo)", by=signer, at=then)
            with _portal(program, brand, signer):
                signing.sign(**said)
        said = _signature(program, version, None, "Director (demo)", by=director, at=then)
        with program_scope(program.pk, person_id=director.pk):
            signing.countersign(**said)
    _keep(program, director, at)
    for brand, version in zip(brands[:1], versions[:1], strict=True):
        with _portal(program, brand, signers[brand.organization_id]):
            _answer(by=signers[brand.organization_id], at=at)
        with program_scope(program.pk, person_id=director.pk):
            _serve(version, brand, by=director, at=at)


def _groups(program: Program, brands: list[Participation]) -> list[list[Participation]]:
    """Who signs one text together: all of the garment program; elsewhere two large buyers sign their own and small ones join one."""
    if program.blueprint == "accord":
        return [brands]
    return [group for group in (brands[:1], brands[1:2], brands[2:]) if group]


def _signers() -> dict[UUID, Person]:
    """{organization: who signs for it}."""
    rows = Membership.objects.active().filter(role=Role.BRAND_SIGNATORY).select_related("person")
    return {row.organization_id: row.person for row in rows.order_by("pk")}


def _portal(program: Program, brand: Participation, person: Person) -> Any:
    return program_scope(
        program.pk, Audience.BRAND, person_id=person.pk, organization_id=brand.organization_id
    )


def _keep(program: Program, director: Person, at: datetime) -> None:
    """What was owed until today was answered three days before its date, and accepted the day after."""
    with program_scope(program.pk):
        schedules_of = list(Schedule.objects.order_by("pk").values_list("pk", flat=True))
    for schedule_id in schedules_of:
        schedules.open_next(program_id=program.pk, schedule_id=schedule_id, at=at)
    with program_scope(program.pk, person_id=director.pk):
        finance = Membership.objects.active().select_related("person").get(role=Role.FINANCE).person
        due = dict(
            Clock.objects.open()
            .filter(kind=obligations.DUE, due_at__lte=at)
            .values_list("subject_id", "due_at")
        )
        for one in Obligation.objects.owed().filter(pk__in=due).order_by("period_start", "pk"):
            said = due[one.pk] - timedelta(days=3)
            obligations.answer(obligation_id=one.pk, note="Done and on time (demo).", by=finance, at=said)
            obligations.accept(obligation_id=one.pk, by=director, at=said + timedelta(days=1))


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


def _propose(
    brands: list[Participation],
    title: str,
    *,
    premium: dict[str, Any] | None = None,
    by: Person,
    at: datetime,
) -> UUID:
    """An agreement from the program's own template, with a premium where its terms are given, before the brands. Returns the version."""
    act: dict[str, Any] = {"by": by, "at": at}
    made = operations.start_from_template(template="own", title=title, **act)
    union = Participation.objects.worker_organizations().order_by("name").first()
    for participation, side in ((union, Side.PROGRAM), *((brand, Side.BRAND) for brand in brands)):
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
    if premium:
        words = "The brand pays a premium on each pound; the supplier passes it on with the wages (demo)."
        said = {"title": "Premium", "text": words}
        clause = operations.add_clause(version_id=version.pk, kind=ClauseKind.PREMIUM, **said, **act)
        operations.change_clause(
            clause_id=clause.pk,
            reference=clause.reference,
            is_public=False,
            parameters=premium,
            **said,
            **act,
        )
    return proposing.propose(version_id=version.pk, **act).pk


def _signature(
    program: Program, version_id: UUID, brand: Participation | None, title: str, *, by: Person, at: datetime
) -> dict[str, Any]:
    """What a party signs; the program itself where no brand is given."""
    with program_scope(program.pk):
        version = AgreementVersion.objects.get(pk=version_id)
        parties = Party.objects.filter(agreement_id=version.agreement_id)
        party = parties.get(participation=brand) if brand else parties.get(side=Side.PROGRAM)
    return {
        "version_id": version_id,
        "party": party,
        "sha256": version.text_sha256,
        "name": by.name,
        "title": title,
        "method": SignatureMethod.TOTP,
        "by": by,
        "at": at,
    }
