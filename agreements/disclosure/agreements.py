"""Everything of agreements that is ever public. Nothing else leaves this room.

An agreement is public from the day it takes effect, and stays so when it ends: its number, title, what it started from, its parties by
name and side, its dates and its state, and which agreement it is an annex of. Of its text only the clauses that the parties made
public, or all of them where they made the whole text public, by their title and words with their values. Drafts, proposals and versions that
were never signed by everyone are not public; neither are signatories, signatures and reasons.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agreements.clauses import wording
from agreements.enums import AgreementState, Side, VersionState
from agreements.models import Agreement, AgreementVersion, Clause, Party
from programs.enums import Part
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

PUBLIC = (
    AgreementState.IN_FORCE,
    AgreementState.SUSPENDED,
    AgreementState.EXPIRED,
    AgreementState.TERMINATED,
)
KINDS = [
    PublicKind(
        "agreement",
        "agreements",
        _("Agreement"),
        _("Agreements"),
        (
            Column("name", _("Title"), "Title of the agreement."),
            Column("number", _("Number"), "Number of the agreement within its program."),
            Column("kind", _("Started from"), "Template that it was started from; empty for none."),
            Column("parent", _("Annex of"), "The agreement that it is an annex of."),
            Column("country", _("Country"), "Of an annex: ISO 3166-1 alpha-2 code of where it applies."),
            Column(
                "state",
                _("State"),
                "in_force, suspended, expired or terminated.",
                words={state.value: state.label for state in PUBLIC},
            ),
            Column("brands", _("Brands"), "Brands that are parties."),
            Column("suppliers", _("Suppliers"), "Suppliers that are parties."),
            Column(
                "for_the_program", _("For the program"), "Parties on the side of the program, and witnesses."
            ),
            Column(
                "version_in_force", _("Version of the text"), "Number of the version that holds or held last."
            ),
            Column(
                "in_force_on", _("In force since"), "ISO 8601 date on which the first version took effect."
            ),
            Column("changed_on", _("Text since"), "ISO 8601 date on which this version took effect."),
            Column("ends_on", _("Last day"), "ISO 8601 date; empty where no end is agreed."),
            Column("ended_on", _("Ended"), "ISO 8601 date; empty while it holds."),
            Column(
                "public_clauses",
                _("Public clauses"),
                "Clauses that the parties made public, each as number, title, text.",
            ),
            Column(
                "text_sha256", _("SHA-256 of the signed text"), "Hash of the PDF that the parties signed."
            ),
        ),
    )
]
HELD = (VersionState.IN_FORCE, VersionState.AMENDED, VersionState.ENDED)


def present(kind: str) -> QuerySet:
    """Agreements that took effect."""
    return Agreement.objects.filter(state__in=PUBLIC)


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: title}."""
    return dict(Agreement.objects.filter(pk__in=only).values_list("pk", "title"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records, as they are on a day; of these subjects only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    versions = AgreementVersion.objects.filter(state__in=HELD).order_by("number")
    rows = rows.select_related("parent").prefetch_related(
        Prefetch(
            "versions",
            versions.prefetch_related(Prefetch("clauses", Clause.objects.order_by("position", "pk"))),
        ),
        Prefetch("parties", Party.objects.select_related("participation").order_by("position", "pk")),
    )
    for agreement in rows.order_by("number", "pk"):
        if held := list(agreement.versions.all()):
            yield _record(agreement, held)


def changed(kind: str, since: Since) -> set[UUID]:
    """Agreements whose row was written since, or one of a version or party; clauses of what held do not change."""
    written = since.changed_ids(Agreement.objects.all())
    written |= since.changed_ids(AgreementVersion.objects.all(), "agreement_id")
    written |= since.changed_ids(Party.objects.all(), "agreement_id")
    annexes = Agreement.objects.filter(Q(parent__in=written)).values_list("pk", flat=True)
    return written | set(annexes)


def _record(agreement: Agreement, held: list[AgreementVersion]) -> PublicRecord:
    first, last = held[0], held[-1]
    parties = list(agreement.parties.all())
    withheld: dict[str, str] = {}
    clauses = [clause for clause in last.clauses.all() if agreement.is_text_public or clause.is_public]
    if len(clauses) < len(last.clauses.all()):
        withheld["public_clauses"] = Reason.NOT_PUBLIC.value
    parent = agreement.parent if agreement.parent and agreement.parent.state in PUBLIC else None
    with translation.override("en"):
        public_clauses = [f"{clause.reference}. {wording.as_text(clause)}" for clause in clauses]
    content = {
        "name": agreement.title,
        "number": agreement.number,
        "kind": agreement.template,
        "parent": Ref("agreement", parent.pk, parent.title) if parent else "",
        "country": agreement.country,
        "state": agreement.state,
        "brands": _refs(parties, Part.BRAND, Side.BRAND),
        "suppliers": _refs(parties, Part.SUPPLIER, Side.SUPPLIER),
        "for_the_program": [party.name for party in parties if party.side in (Side.PROGRAM, Side.WITNESS)],
        "version_in_force": last.number,
        "in_force_on": _day(first.in_force_at.date() if first.in_force_at else None),
        "changed_on": _day(last.in_force_at.date() if last.in_force_at else None),
        "ends_on": _day(last.ends_on),
        "ended_on": _day(agreement.ended_on if not agreement.is_binding else None),
        "public_clauses": public_clauses,
        "text_sha256": last.text_sha256,
    }
    effective = (
        agreement.ended_on
        if not agreement.is_binding
        else (last.in_force_at.date() if last.in_force_at else None)
    )
    search = " ".join([agreement.number, *(party.name for party in parties)])
    return PublicRecord("agreement", agreement.pk, content, withheld, effective, search=search)


def _refs(parties: list[Party], part: Part, side: Side) -> list[Ref]:
    return [
        Ref(part.value, party.participation_id, party.name)
        for party in parties
        if party.side == side and party.participation.part == part
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
