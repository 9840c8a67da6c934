"""Programs with a ladder, and brands bound by a stop-purchase clause, for tests of escalation and duties."""

import datetime as dt

from agreements.models import Agreement, AgreementVersion, Clause, Party
from agreements.operations import escalation
from programs import ladder
from programs.models import Rule, Rung
from tests import factories
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.files.models import StoredFile
from wsr.tenancy import program_scope

TODAY = AT.date()
DAYS = {"unit": "days"}


def say(program, rung, name, value, *, since=dt.date(2013, 1, 1), until=None):
    """What a program decided about a rung, over a stretch of time."""
    unit, _words = ladder.QUESTIONS[name]
    with program_scope(program.pk):
        return Rule.objects.create(
            section=ladder.SECTION,
            key=ladder.key_of(rung, name),
            label=ladder.label_of(rung, name),
            value=value,
            unit=unit,
            certainty="set_by_program",
            valid_from=since,
            valid_until=until,
            set_at=AT,
        )


def stages(program):
    """The three stages, in place of the ladder that factories make."""
    with program_scope(program.pk):
        Rung.objects.filter(position__gt=0).update(is_step=False, position=9)
        for position in (1, 2, 3):
            Rung.objects.create(
                key=f"stage_{position}",
                label=f"Stage {position}",
                position=position,
                stops_purchases=position == 3,
                is_public=position == 3,
                certainty="set_by_program",
            )
    return program


def brand(program, *, within=30, acknowledge=None, prove=None, supplier=None, account=True, **fields):
    """A brand; with `within` bound to stop in so many days, with `supplier` buying there."""
    organization = factories.organization(OrganizationKind.BRAND) if account else None
    made = factories.brand(program, organization=organization, **fields)
    if within is not None:
        said = {"acknowledge_within": acknowledge, "stop_within": within, "prove_within": prove}
        bind(
            program, made, {key: {"value": value, **DAYS} for key, value in said.items() if value is not None}
        )
    if supplier is not None:
        factories.sourcing(program, brand=made, supplier=supplier)
    return made


def bind(program, participation, parameters):
    """An agreement in force with a stop-purchase clause; returns the clause."""
    with program_scope(program.pk):
        number = f"A-{Agreement.objects.count() + 1}"
        agreement = Agreement.objects.create(number=number, title=number, created_at=AT, updated_at=AT)
        Party.objects.create(agreement=agreement, participation=participation, side="brand")
        version = AgreementVersion.objects.create(agreement=agreement, number=1, created_at=AT)
        clause = Clause.objects.create(
            version=version,
            kind="stop_purchase",
            reference="4",
            title="Stop of purchases",
            text="…",
            parameters=parameters,
        )
        file = StoredFile.objects.create(
            sha256="0" * 64, size=1, name=number, media_type="application/pdf", stored_at=AT
        )
        for state in ("proposed", "signed", "in_force"):
            AgreementVersion.objects.filter(pk=version.pk).update(
                state=state, text_file=file, text_sha256="0" * 64, proposed_at=AT, in_force_at=AT
            )
            Agreement.objects.filter(pk=agreement.pk).update(state=state)
    return clause


def start(program, supplier, rung, *, by, at=AT, effective_on=None, **said):
    """A case, opened."""
    said = {"trigger": "No repair", "reason": "The repair was not done.", **said}
    with program_scope(program.pk, person_id=by.pk):
        return escalation.start(
            supplier_id=supplier.pk,
            rung_key=rung,
            effective_on=effective_on or at.date(),
            by=by,
            at=at,
            **said,
        )


def climb(program, case, rung, *, by, at=AT, **said):
    """One step up."""
    said = {"reason": "Nothing happened.", **said}
    with program_scope(program.pk, person_id=by.pk):
        return escalation.climb(
            escalation_id=case.pk, rung_key=rung, effective_on=at.date(), by=by, at=at, **said
        )
