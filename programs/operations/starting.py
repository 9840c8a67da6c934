"""Starting a program from a blueprint."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from programs import blueprints
from programs.blueprints.asked import rules_of
from programs.blueprints.shapes import Blueprint, Leaf
from programs.enums import CodeState
from programs.models import CodeVersion, Provision, Rule, Rung, Severity
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import current_program_id, program_scope
from wsr.tenancy.models import Program

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# /registry/verify/, /registry/verify-document/ and /report/case/ are the installation's own pages.
_TAKEN = frozenset({"verify", "verify-document", "case"})


class CannotStart(DomainError):
    """The program cannot be started as asked."""


def start_program(
    *,
    name: str,
    slug: str,
    blueprint: str,
    director: Person,
    by: Person | None,
    at: datetime,
    time_zone: str = "UTC",
) -> Program:
    """Create a program, copy the blueprint into rows of its own and make `director` its first director.

    Called outside any scope: it makes the program and enters it, all in one transaction. `by` is None for the operator's command.
    `time_zone` is where days are counted; `at` is timezone-aware. Raises CannotStart.
    """
    _check(name, slug, blueprint, time_zone)
    found = blueprints.load(blueprint)
    with transaction.atomic(using="default"):
        program, is_new = Program.objects.using("default").get_or_create(
            slug=slug,
            defaults={"name": name, "blueprint": blueprint, "time_zone": time_zone, "created_at": at},
        )  # of two at once the second waits for the first
        if not is_new:
            raise CannotStart(
                _("There is already a program with the short name “%(slug)s”.") % {"slug": slug}
            )
        with program_scope(program.pk, person_id=director.pk):
            Membership.objects.create(program=program, person=director, role=Role.DIRECTOR, started_at=at)
            on = at.astimezone(ZoneInfo(time_zone)).date()
            _copy(found, by=by, at=at, on=on)
            react("program.started", blueprint=blueprint, on=on, at=at)
            record(
                "program.started",
                program,
                by=by,
                at=at,
                after={"blueprint": blueprint, "director": director.email},
            )
    return program


def _check(name: str, slug: str, blueprint: str, time_zone: str) -> None:
    if not name.strip():
        raise CannotStart(_("Give the program a name."))
    if not _SLUG.fullmatch(slug) or len(slug) > 50:
        raise CannotStart(
            _("The short name has small letters, digits and single hyphens, and at most 50 of them.")
        )
    if slug in _TAKEN:
        raise CannotStart(_("Choose another short name; this one is a page of the whole site."))
    if blueprint not in blueprints.KEYS:
        choices = ", ".join(blueprints.KEYS)
        raise CannotStart(_("There is no such blueprint. Choose one of: %(choices)s.") % {"choices": choices})
    if time_zone not in available_timezones():
        raise CannotStart(_("Write a time zone such as Asia/Dhaka or America/New_York."))


def _copy(found: Blueprint, *, by: Person | None, at: datetime, on: date) -> None:
    """The blueprint as rows of the active program."""
    for position, rung in enumerate(found.standings):
        Rung.objects.create(
            key=rung.key,
            label=rung.label,
            position=position,
            stops_purchases=rung.stops_purchases.value,
            is_public=rung.is_public.value,
            is_step=rung.is_step,
            **_marks(rung.exists),
        )
    severities = _copy_severities(found)
    _copy_code(found, severities, at=at)
    _copy_rules(found, by=by, at=at, on=on)


def _copy_severities(found: Blueprint) -> dict[object, Severity | None]:
    severities: dict[object, Severity | None] = {None: None}
    for position, severity in enumerate(found.severities):
        severities[severity.key] = Severity.objects.create(
            key=severity.key,
            label=severity.label,
            position=position,
            consequence=severity.consequence.value or "",
            **_marks(severity.exists),
        )
    return severities


def _copy_code(found: Blueprint, severities: dict[object, Severity | None], *, at: datetime) -> None:
    """The provisions become a draft: only the program's own decision puts a code in force."""
    code = CodeVersion.objects.create(number=1, title=found.code_title, state=CodeState.DRAFT, created_at=at)
    for position, provision in enumerate(found.provisions):
        Provision.objects.create(
            code=code,
            reference=provision.number,
            title=provision.part,
            text=provision.text.value,
            severity=severities[provision.severity.value],
            position=position,
            provenance=_provenance(severity=provision.severity),
            **_marks(provision.text),
        )


def _copy_rules(found: Blueprint, *, by: Person | None, at: datetime, on: date) -> None:
    Rule.objects.bulk_create(
        Rule(
            program_id=current_program_id(),
            section=rule.section,
            key=rule.key,
            label=rule.label,
            value=rule.leaf.value,
            unit=rule.leaf.unit,
            blueprint_value=rule.leaf.value,
            position=position,
            valid_from=on,
            set_by=by,
            set_at=at,
            note=rule.leaf.note,
            certainty=rule.leaf.certainty.value,
            source=cited(rule.leaf),
        )
        for position, rule in enumerate(rules_of(found))
    )


def cited(leaf: Leaf) -> str:
    """The sources of a value, one per line: id and address."""
    return "\n".join(f"{source.id} {source.address}" for source in leaf.sources)


def _marks(leaf: Leaf) -> dict[str, str]:
    return {"certainty": leaf.certainty.value, "source": cited(leaf)}


def _provenance(**leaves: Leaf) -> dict[str, dict[str, str]]:
    """{field: certainty, source and note} for the fields that have a provenance of their own."""
    return {
        name: {"certainty": leaf.certainty.value, "source": cited(leaf), "note": leaf.note}
        for name, leaf in leaves.items()
    }
