"""A program that teaches: its rules of education, a season, a workplace of a supplier with a portal, and its people."""

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from programs.enums import EducationKind
from programs.models import Rule, Season
from programs.operations.education import scheduling, sessions
from programs.operations.education.sessions import Plan, Report
from tests import factories
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import Audience, program_scope

SOURCE = "F21 https://example.org/education"


@dataclass
class School:
    """Everybody and everything of it."""

    program: Any
    director: Any
    educator: Any
    other: Any
    manager: Any
    supplier: Any
    workplace: Any
    season: Any

    def scope(self):
        """That of the staff."""
        return program_scope(self.program.pk, person_id=self.educator.pk)

    def portal(self):
        """That of the supplier."""
        return program_scope(
            self.program.pk,
            Audience.SUPPLIER,
            person_id=self.manager.pk,
            organization_id=self.supplier.organization_id,
        )

    def rule(self, key, value, unit, *, on=dt.date(2026, 1, 1)):
        """A rule of the program, as it is from a day on."""
        with self.scope():
            return Rule.objects.create(
                section=key.partition(".")[0],
                key=key,
                label=key,
                value=value,
                unit=unit,
                certainty="documented",
                source=SOURCE,
                valid_from=on,
                set_at=AT,
            )

    def plan(self, *, workplace=None, by=None, at=AT, **said):
        """A planned session; tomorrow unless said otherwise."""
        said = {
            "kind": EducationKind.SESSION,
            "starts_at": AT + dt.timedelta(days=1),
            "minutes": 60,
            "leader_id": self.educator.pk,
            "languages": ["es"],
            **said,
        }
        with self.scope():
            return sessions.plan(
                workplace_id=(workplace or self.workplace).pk,
                plan=Plan(**said),
                by=by or self.educator,
                at=at,
            )

    def report(self, session, *, by=None, at=None, **said):
        """Its report; 30 of 40 unless said otherwise."""
        said = {
            "attended": 30,
            "workers_present": 40,
            "is_paid_time": True,
            "management_present": False,
            **said,
        }
        with self.scope():
            return sessions.report(
                session_id=session.pk,
                report=Report(**said),
                by=by or self.educator,
                at=at or session.starts_at + dt.timedelta(hours=2),
            )

    def draw_up(self, at=AT):
        """The schedule as of a moment."""
        with self.scope():
            return scheduling.draw_up(at=at)


def school(slug: str = "farms") -> School:
    """A farm program in its season, with one farm of forty workers; a session each season, on paid time."""
    program = factories.program(slug)
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, organization=organization, joined_on=dt.date(2025, 12, 1))
    made = School(
        program=program,
        director=factories.member(program, "director"),
        educator=factories.member(program, "educator"),
        other=factories.member(program, "educator"),
        manager=factories.member(program, "supplier_manager", organization=organization),
        supplier=supplier,
        workplace=factories.workplace(
            program, supplier=supplier, worker_count=40, languages=["Español", "ht"]
        ),
        season=SimpleNamespace(),
    )
    made.rule("education.session_every", 1, "seasons")
    made.rule("education.paid_time", True, "yes_no")
    with made.scope():
        made.season = Season.objects.create(
            name="Winter", starts_on=dt.date(2025, 11, 1), ends_on=dt.date(2026, 4, 30)
        )
    return made
