"""Starting an agreement, from a template or from another one, and writing its draft."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Max
from django.utils.translation import gettext as _

from agreements import blueprints
from agreements.clauses import checked
from agreements.enums import AgreementState, ClauseKind, Side, VersionState
from agreements.models import Agreement, AgreementVersion, Clause, Party
from agreements.operations.states import locked_draft
from programs.enums import Certainty, Part
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_alias, current_program_id

COPIED = (
    "kind",
    "reference",
    "title",
    "text",
    "parameters",
    "position",
    "is_public",
    "source",
    "certainty",
    "provenance",
)
SIDES = {
    Part.BRAND: (Side.BRAND, Side.WITNESS),
    Part.SUPPLIER: (Side.SUPPLIER, Side.WITNESS),
    Part.WORKER_ORGANIZATION: (Side.PROGRAM, Side.WITNESS),
    Part.MONITOR: (Side.PROGRAM, Side.WITNESS),
}


class CannotWrite(DomainError):
    """The draft cannot be written as asked."""


# ── Starting ─────────────────────────────────────────────────────────────────────────────────────


@atomic
def start_from_template(
    *, template: str, title: str, parent_id: UUID | None = None, country: str = "", by: Person, at: datetime
) -> Agreement:
    """A draft with the clauses of a template. Values that nobody has published stay empty.

    Raises CannotWrite for an annex without the agreement it belongs to, and for an unknown template.
    """
    found = blueprints.templates().get(template)
    if found is None:
        raise CannotWrite(_("There is no such template."))
    if found.is_annex and parent_id is None:
        raise CannotWrite(_("An annex belongs to an agreement. Choose which one."))
    clauses = [
        {
            "kind": clause.kind,
            "reference": str(number),
            "title": clause.title,
            "text": clause.text,
            "parameters": checked(clause.kind, clause.values, complete=False),
            "position": number,
            "source": clause.source[:300],
            "certainty": clause.certainty,
            "provenance": clause.provenance,
        }
        for number, clause in enumerate(found.clauses, 1)
    ]
    return _start(
        {"title": title, "template": template, "parent_id": parent_id, "country": country},
        {"preamble": found.preamble, "governing_law": found.governing_law},
        clauses,
        by=by,
        at=at,
    )


@atomic
def start_from_agreement(*, agreement_id: UUID, title: str, by: Person, at: datetime) -> Agreement:
    """A draft with the clauses and the program's own parties of another agreement. Raises Agreement.DoesNotExist."""
    source = Agreement.objects.get(pk=agreement_id)
    version = source.versions.exclude(state=VersionState.WITHDRAWN).order_by("-number").first()
    if version is None:
        version = source.versions.order_by("-number").first()
    started = _start(
        {
            "title": title,
            "template": source.template,
            "parent_id": source.parent_id,
            "country": source.country,
        },
        {"preamble": version.preamble, "governing_law": version.governing_law},
        [{name: getattr(clause, name) for name in COPIED} for clause in version.clauses.all()],
        by=by,
        at=at,
    )
    for party in source.parties.filter(side=Side.PROGRAM):
        Party.objects.create(
            agreement=started,
            participation_id=party.participation_id,
            name=party.name,
            side=party.side,
            signs=party.signs,
            position=party.position,
        )
    return started


def _start(
    agreement: dict[str, Any],
    version: dict[str, Any],
    clauses: list[dict[str, Any]],
    *,
    by: Person,
    at: datetime,
) -> Agreement:
    if agreement["parent_id"] and not Agreement.objects.filter(pk=agreement["parent_id"]).exists():
        raise CannotWrite(_("The agreement it should belong to does not exist."))
    made = Agreement.objects.create(number=_next_number(), created_at=at, updated_at=at, **agreement)
    draft = AgreementVersion.objects.create(agreement=made, number=1, created_at=at, **version)
    _write_clauses(draft, clauses)
    record(
        "agreement.started",
        made,
        by=by,
        at=at,
        after={"number": made.number, "title": made.title, "template": made.template},
    )
    return made


def _next_number() -> str:
    """The next number of the program: AG-0001, AG-0002 and so on, without a gap for two who start at once."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"agreement {current_program_id()}"]
        )
    highest = Agreement.objects.filter(number__regex=r"^AG-\d{4,}$").aggregate(highest=Max("number"))[
        "highest"
    ]
    return f"AG-{int(highest[3:]) + 1 if highest else 1:04d}"


def _write_clauses(version: AgreementVersion, clauses: list[dict[str, Any]]) -> None:
    Clause.objects.bulk_create(
        Clause(program_id=current_program_id(), version=version, **clause) for clause in clauses
    )


@atomic
def amend(*, agreement_id: UUID, change_note: str, by: Person, at: datetime) -> AgreementVersion:
    """A new draft version of an agreement in force, with the clauses that hold now.

    Raises Agreement.DoesNotExist and CannotWrite.
    """
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    held = agreement.versions.filter(state=VersionState.IN_FORCE).first()
    if not agreement.is_binding or held is None:
        raise CannotWrite(_("Only an agreement in force is amended. A draft is simply changed."))
    if agreement.versions.filter(state__in=OPEN).exists():
        raise CannotWrite(_("There is a version on its way already. Finish or withdraw it first."))
    return _next_version(agreement, held, change_note=change_note, by=by, at=at)


OPEN = (VersionState.DRAFT, VersionState.PROPOSED, VersionState.SIGNED)


def _next_version(
    agreement: Agreement, of: AgreementVersion, *, change_note: str, by: Person, at: datetime
) -> AgreementVersion:
    """A draft that says what `of` says."""
    number = agreement.versions.aggregate(highest=Max("number"))["highest"] + 1
    draft = AgreementVersion.objects.create(
        agreement=agreement,
        number=number,
        preamble=of.preamble,
        governing_law=of.governing_law,
        change_note=change_note,
        starts_on=of.starts_on if of.state == VersionState.WITHDRAWN else None,
        ends_on=of.ends_on,
        created_at=at,
    )
    _write_clauses(draft, [{name: getattr(clause, name) for name in COPIED} for clause in of.clauses.all()])
    record("agreement.drafted", draft, by=by, at=at, after={"version": number, "agreement": agreement.number})
    return draft


# ── Writing the draft ────────────────────────────────────────────────────────────────────────────


@atomic
def change_draft(
    *,
    version_id: UUID,
    title: str,
    preamble: str,
    governing_law: str,
    change_note: str,
    starts_on: date | None,
    ends_on: date | None,
    is_text_public: bool,
    by: Person,
    at: datetime,
) -> AgreementVersion:
    """Write what stands around the clauses. Title and publicity of an agreement are fixed by its first proposal.

    Raises AgreementVersion.DoesNotExist, CannotMove for what is no draft, and CannotWrite.
    """
    agreement, version = locked_draft(version_id)
    if starts_on and ends_on and ends_on < starts_on:
        raise CannotWrite(_("The last day is before the first."))
    around = {"title": title, "is_text_public": is_text_public}
    if agreement.state != AgreementState.DRAFT and any(
        getattr(agreement, name) != value for name, value in around.items()
    ):
        raise CannotWrite(_("An agreement that binds keeps its title and what of it is public."))
    said = {
        "preamble": preamble,
        "governing_law": governing_law,
        "change_note": change_note,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    before = {name: getattr(version, name) for name in said if getattr(version, name) != said[name]}
    before |= {name: getattr(agreement, name) for name in around if getattr(agreement, name) != around[name]}
    if not before:
        return version
    for name, value in said.items():
        setattr(version, name, value)
    version.save(update_fields=list(said))
    for name, value in {**around, "updated_at": at}.items():
        setattr(agreement, name, value)
    agreement.save(update_fields=[*around, "updated_at"])
    after = {name: {**said, **around}[name] for name in before}
    record("agreement.draft_changed", version, by=by, at=at, before=before, after=after)
    return version


@atomic
def add_party(
    *,
    agreement_id: UUID,
    participation_id: UUID,
    side: Side,
    signs: bool = True,
    by: Person,
    at: datetime,
) -> Party:
    """Make an organization of the program a party. Raises Agreement.DoesNotExist, Participation.DoesNotExist and CannotWrite."""
    agreement = _with_open_parties(agreement_id)
    participation = Participation.objects.get(pk=participation_id)
    if side not in SIDES[Part(participation.part)]:
        raise CannotWrite(
            _("%(name)s takes part as %(part)s and cannot stand on this side.")
            % {"name": participation.name, "part": Part(participation.part).label.lower()}
        )
    if participation.ended_on:
        raise CannotWrite(_("%(name)s no longer takes part in the program.") % {"name": participation.name})
    if agreement.parties.filter(participation=participation).exists():
        raise CannotWrite(_("%(name)s is a party already.") % {"name": participation.name})
    party = Party.objects.create(
        agreement=agreement,
        participation=participation,
        name=participation.name,
        side=side,
        signs=signs,
        position=list(Side).index(side) * 100 + agreement.parties.count(),
    )
    record("agreement.party_added", agreement, by=by, at=at, after={"party": party.name, "side": side})
    return party


@atomic
def remove_party(*, party_id: UUID, by: Person, at: datetime) -> None:
    """Take a party out of a draft. Raises Party.DoesNotExist and CannotWrite."""
    party = Party.objects.get(pk=party_id)
    agreement = _with_open_parties(party.agreement_id)
    record("agreement.party_removed", agreement, by=by, at=at, before={"party": party.name})
    party.delete()


def _with_open_parties(agreement_id: UUID) -> Agreement:
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    if agreement.state != AgreementState.DRAFT:
        raise CannotWrite(_("The parties of an agreement that was proposed do not change."))
    return agreement


# ── Clauses ──────────────────────────────────────────────────────────────────────────────────────


@atomic
def add_clause(
    *, version_id: UUID, kind: ClauseKind, title: str, text: str, by: Person, at: datetime
) -> Clause:
    """Add a clause at the end of a draft. Raises AgreementVersion.DoesNotExist and CannotMove."""
    _agreement, version = locked_draft(version_id)
    last = version.clauses.aggregate(highest=Max("position"))["highest"] or 0
    clause = Clause.objects.create(
        version=version,
        kind=kind,
        reference=_free_reference(version),
        title=title or str(ClauseKind(kind).label),
        text=text,
        position=last + 1,
        certainty=Certainty.SET_BY_PROGRAM,
    )
    record(
        "agreement.clause_added",
        version,
        by=by,
        at=at,
        after={"reference": clause.reference, "title": clause.title},
    )
    return clause


@atomic
def change_clause(
    *,
    clause_id: UUID,
    reference: str,
    title: str,
    text: str,
    is_public: bool,
    parameters: dict[str, Any],
    by: Person,
    at: datetime,
) -> Clause:
    """Write a clause of a draft; values may still be missing, wrong ones are refused.

    Raises Clause.DoesNotExist, CannotMove for what is no draft, CannotWrite, and WrongParameters with a sentence per parameter.
    """
    clause = Clause.objects.get(pk=clause_id)
    _agreement, version = locked_draft(clause.version_id)
    clause = Clause.objects.select_for_update(of=("self",)).get(pk=clause_id)
    if version.clauses.filter(reference=reference).exclude(pk=clause_id).exists():
        raise CannotWrite(_("There is a clause %(reference)s already.") % {"reference": reference})
    said = {
        "reference": reference,
        "title": title,
        "text": text,
        "is_public": is_public,
        "parameters": checked(ClauseKind(clause.kind), parameters, complete=False),
    }
    before = {name: getattr(clause, name) for name in said if getattr(clause, name) != said[name]}
    if not before:
        return clause
    changed = {
        name
        for name in {*clause.parameters, *said["parameters"]}
        if clause.parameters.get(name) != said["parameters"].get(name)
    }
    clause.provenance = {name: mark for name, mark in clause.provenance.items() if name not in changed}
    if {"title", "text"} & set(before):
        clause.certainty, clause.source = Certainty.SET_BY_PROGRAM, ""
    for name, value in said.items():
        setattr(clause, name, value)
    clause.save(update_fields=[*said, "provenance", "certainty", "source"])
    after = {name: said[name] for name in before}
    record("agreement.clause_changed", version, by=by, at=at, before=before, after=after)
    return clause


@atomic
def move_clause(*, clause_id: UUID, up: bool, by: Person, at: datetime) -> Clause:
    """Let a clause of a draft change places with its neighbor. Raises Clause.DoesNotExist and CannotMove."""
    clause = Clause.objects.get(pk=clause_id)
    _agreement, version = locked_draft(clause.version_id)
    ordered = list(version.clauses.all())
    place = [found.pk for found in ordered].index(clause_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(ordered):
        ordered[place], ordered[other] = ordered[other], ordered[place]
        for position, found in enumerate(ordered, 1):
            if found.position != position:
                Clause.objects.filter(pk=found.pk).update(position=position)
        record(
            "agreement.clause_moved",
            version,
            by=by,
            at=at,
            after={"reference": clause.reference, "place": other + 1},
        )
    return clause


@atomic
def remove_clause(*, clause_id: UUID, by: Person, at: datetime) -> None:
    """Take a clause out of a draft. Raises Clause.DoesNotExist and CannotMove."""
    clause = Clause.objects.get(pk=clause_id)
    _agreement, version = locked_draft(clause.version_id)
    record(
        "agreement.clause_removed",
        version,
        by=by,
        at=at,
        before={"reference": clause.reference, "title": clause.title, "text": clause.text},
    )
    clause.delete()


def _free_reference(version: AgreementVersion) -> str:
    taken = set(version.clauses.values_list("reference", flat=True))
    return next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)
