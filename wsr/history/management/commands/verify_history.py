"""Proves that nobody changed the past, or names the first entry that somebody did."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wsr.history.checkpoint import BadCheckpoint, parse
from wsr.history.verification import verify, verify_each
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program


class Command(BaseCommand):
    help = (
        "Check the history of one program or of all: every event, payload, stored hash and signed head. "
        "Names the first altered, missing or moved entry and ends with 1. Keep a head elsewhere with --keep and check "
        "against it later with --against: only a head that is out of reach shows that the end was cut off."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser):
        parser.add_argument(
            "program", nargs="?", help="Short name of a program; without it all programs are checked."
        )
        parser.add_argument(
            "--against", metavar="FILE", type=Path, help="A signed head of this history, kept elsewhere."
        )
        parser.add_argument(
            "--keep", metavar="FILE", type=Path, help="Write the newest head here once all is well."
        )

    def handle(self, *args, **options):
        if (options["against"] or options["keep"]) and not options["program"]:
            raise CommandError("A head belongs to one program: name it.")
        kept = _text(options["against"]) if options["against"] else ""
        problems = 0
        programs = {program.pk: program for program in _programs(options["program"])}
        reports = (
            [(one, verify(one, at=timezone.now(), kept=kept)) for one in programs]
            if kept
            else verify_each(programs, at=timezone.now())
        )
        for program_id, report in reports:
            program = programs[program_id]
            problems += bool(report.problem)
            self.stdout.write(f"{program.slug}: {report.problem or _all_is_well(report)}")
            if options["keep"] and not report.problem and report.note:
                options["keep"].write_text(report.note)
        if problems:
            raise CommandError(
                f"{problems} of the histories checked are not as they were sealed.", returncode=1
            )


def _programs(slug):
    with engine_scope():
        found = list(Program.objects.order_by("slug").filter(**({"slug": slug} if slug else {})))
    if slug and not found:
        raise CommandError(f"There is no program {slug}.")
    return found


def _text(path):
    try:
        note = path.read_text()
        parse(note)
    except (OSError, UnicodeDecodeError, BadCheckpoint) as error:
        raise CommandError(f"{path} holds no signed head: {error}") from error
    return note


def _all_is_well(report):
    return f"{report.entries:,} entries under {report.heads:,} signed heads are as they were sealed."
