"""The programs of the demo in a journey: their rows, days that pass, what they publish."""

import datetime as dt
import gzip
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from programs.models import Participation, Workplace
from programs.operations import sourcing
from tests.demo import person
from wsr.accounts.grants import Role
from wsr.deadlines.models import Clock
from wsr.registry import publishing
from wsr.tenancy import engine_scope, program_scope
from wsr.tenancy.models import Program


def today() -> dt.date:
    """Of the farms."""
    return timezone.localdate(timezone=ZoneInfo("America/New_York"))


def trading(program, director) -> None:
    """The brand and the supplier of the demo whose people sign in buy from one another, for a year."""
    at = timezone.now()
    with program_scope(program.pk, person_id=director.pk):
        brand = Participation.objects.brands().get(name="Demo Brand North")
        supplier = Participation.objects.suppliers().get(name="Demo Growers One")
        said = {"started_on": at.date() - dt.timedelta(days=400), "by": director, "at": at}
        sourcing.start(brand_id=brand.pk, supplier_ids=[supplier.pk], **said)


def workplace(program: Program, name: str) -> Workplace:
    """One of the demo's."""
    with program_scope(program.pk):
        return Workplace.objects.get(name=name)


def days_pass(program: Program, kind: str, subject: Any, days: int) -> None:
    """Everything that a clock stands for happened `days` earlier."""
    ago = dt.timedelta(days=days)
    with program_scope(program.pk):
        clock = Clock.objects.of(subject).get(kind=kind)
        clock.started_at -= ago
        clock.due_at -= ago
        clock.rung_ats = [moment - ago for moment in clock.rung_ats]
        clock.next_rung_at = clock.wake_at = clock.rung_ats[clock.rung]
        clock.save(update_fields=["started_at", "due_at", "rung_ats", "next_rung_at", "wake_at"])


def publish(program: Program) -> str:
    """Everything that is served to the public once this is published."""
    with engine_scope(program.pk):
        publishing.publish(
            program=program, at=timezone.now(), by=person(program.slug.partition("-")[0], Role.PUBLISHER)
        )
    found = []
    folder = publishing.program_folder(program) / "current" / "public"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".zip", ".sqlite"):
            content = path.read_bytes()
            found.append(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    return b"\n".join(found).decode("utf-8", "replace")


def digits(text: str) -> str:
    """Without what stands between them."""
    return re.sub(r"\D", "", text)
