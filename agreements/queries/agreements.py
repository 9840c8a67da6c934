"""Reads of agreements, their versions and what one differs in from another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, TextField, Value
from django.db.models.aggregates import StringAgg
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from agreements.clauses import wording
from agreements.enums import Side, VersionState
from agreements.models import Agreement, AgreementVersion, Clause, Party
from programs.models import Participation
from programs.queries import Piece, today, word_diff
from wsr.tenancy import Audience, current_scope


def agreements() -> QuerySet[Agreement]:
    """Agreements of the active program with `party_names`, in the order of the parties."""
    return Agreement.objects.annotate(
        party_names=Coalesce(
            StringAgg("parties__name", Value(", "), order_by=["parties__position", "parties__pk"]),
            Value(""),
            output_field=TextField(),
        )
    )


def due(*, at: datetime) -> tuple[list[UUID], list[UUID]]:
    """Ids of versions to take effect, and of agreements to end, on the program's day at `at`. Three queries."""
    day = today(at)
    starting = AgreementVersion.objects.filter(state=VersionState.SIGNED, starts_on__lte=day)
    past = AgreementVersion.objects.filter(state=VersionState.IN_FORCE, ends_on__lt=day)
    noticed = Agreement.objects.binding().filter(ended_on__lt=day)
    ending = {*past.values_list("agreement_id", flat=True), *noticed.values_list("pk", flat=True)}
    return list(starting.values_list("pk", flat=True)), list(ending)


def candidates() -> QuerySet[Participation]:
    """Who can be made a party: everyone who takes part now."""
    return Participation.objects.present().order_by("name", "pk")


def parties_to_sign_for(version: AgreementVersion) -> list[Party]:
    """The parties of a version for which whoever looks at it may sign: a portal its own; staff the program's side and
    witnesses. Signed ones are left out. Two queries."""
    parties = version.agreement.parties.filter(signs=True).order_by("position", "pk")
    scope = current_scope()
    if scope is not None and scope.audience in (Audience.BRAND, Audience.SUPPLIER):
        own = Participation.objects.filter(organization_id=scope.organization_id).values_list("pk", flat=True)
        parties = parties.filter(participation_id__in=list(own))
    else:
        parties = parties.filter(side__in=[Side.PROGRAM, Side.WITNESS])
    signed = set(version.signatures.values_list("party_id", flat=True))
    declined = set(version.declines.values_list("party_id", flat=True))
    return [party for party in parties if party.pk not in signed | declined]


# ── Comparing versions ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ClauseChange:
    """What differs in one clause. `kind`: added, removed, changed or moved (only its number differs)."""

    kind: str
    reference: str
    title: str
    pieces: list[Piece]
    former_reference: str = ""


def before(version: AgreementVersion) -> AgreementVersion | None:
    """What a version is compared with: the version that holds, else the latest one that was proposed before it."""
    earlier = version.agreement.versions.filter(number__lt=version.number)
    held = earlier.filter(state=VersionState.IN_FORCE).first()
    return held or earlier.exclude(proposed_at=None).order_by("-number").first()


def compared(old: AgreementVersion, new: AgreementVersion) -> list[ClauseChange]:
    """What differs between two versions, clause by clause, word by word; around the clauses first.

    Clauses are the same where kind and title agree, or else kind and number; so a renumbered clause is not a new one.
    """
    changes = [
        ClauseChange("changed", "", label, word_diff(was, now))
        for label, was, now in _around(old, new)
        if was != now
    ]
    former, present = list(old.clauses.all()), list(new.clauses.all())
    pairs = matched(former, present)
    for clause in present:
        was = pairs.get(clause.pk)
        said, says = (wording.as_text(was) if was else ""), wording.as_text(clause)
        if was is None:
            changes.append(ClauseChange("added", clause.reference, clause.title, word_diff("", says)))
        elif said != says:
            changes.append(
                ClauseChange(
                    "changed", clause.reference, clause.title, word_diff(said, says), _moved(was, clause)
                )
            )
        elif was.reference != clause.reference:
            changes.append(ClauseChange("moved", clause.reference, clause.title, [], was.reference))
    kept = {was.pk for was in pairs.values()}
    changes += [
        ClauseChange("removed", clause.reference, clause.title, word_diff(wording.as_text(clause), ""))
        for clause in former
        if clause.pk not in kept
    ]
    return changes


def matched(old: list[Clause], new: list[Clause]) -> dict[UUID, Clause]:
    """{id of a new clause: the old clause that it continues}."""
    pairs: dict[UUID, Clause] = {}
    left = list(old)
    for same in (
        lambda was, now: (was.kind, was.reference, was.title) == (now.kind, now.reference, now.title),
        lambda was, now: (was.kind, was.title) == (now.kind, now.title),
        lambda was, now: (was.kind, was.reference) == (now.kind, now.reference),
    ):
        for clause in new:
            if clause.pk in pairs:
                continue
            found = next((was for was in left if same(was, clause)), None)
            if found is not None:
                pairs[clause.pk] = found
                left.remove(found)
    return pairs


def _moved(was: Clause, now: Clause) -> str:
    return was.reference if was.reference != now.reference else ""


def _around(old: AgreementVersion, new: AgreementVersion) -> list[tuple[str, str, str]]:
    return [
        (_("Preamble"), old.preamble, new.preamble),
        (_("Governing law"), old.governing_law, new.governing_law),
        (_("Takes effect"), _day(old.starts_on), _day(new.starts_on)),
        (_("Last day"), _day(old.ends_on), _day(new.ends_on)),
    ]


def _day(day: object) -> str:
    return str(day) if day else ""
