"""Letters of the ladder: written with the step, printed and sent right after it, acknowledged by whoever gets them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from agreements.documents import letters as documents
from agreements.enums import Recipient
from agreements.models import Escalation, EscalationStep, Letter, LetterText
from agreements.operations.numbering import next_serial
from agreements.queries.ladder import Ladder
from agreements.queries.letters import Addressee, addressees, phone, words_for
from programs.models import Rung
from programs.queries import today
from wsr.accounts.models import Person
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.counting import count
from wsr.errors import DomainError
from wsr.files.operations import store
from wsr.history.operations import record
from wsr.jobs.operations import start
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

if TYPE_CHECKING:
    from agreements.queries.letters import Words

JOB = "agreements.print_letters"


class CannotWrite(DomainError):
    """The text or the letter cannot be kept as asked."""


@atomic
def set_text(
    *,
    rung_key: str,
    to: Recipient,
    language: str,
    subject: str,
    body: str,
    by: Person,
    at: datetime,
    source: str = "",
) -> LetterText:
    """The program's own words for a letter. Raises Rung.DoesNotExist, CannotWrite, and WrongWord for an unknown word in braces."""
    rung = Rung.objects.get(key=rung_key)
    if not language.strip() or not subject.strip() or not body.strip():
        raise CannotWrite(_("A letter has a language, a subject and a text."))
    for text in (subject, body):
        documents.check(text)
    found, _made = LetterText.objects.select_for_update(of=("self",)).update_or_create(
        rung=rung,
        to=to,
        language=language.strip(),
        defaults={
            "subject": subject.strip(),
            "body": body.strip(),
            "source": source.strip(),
            "set_by": by,
            "set_at": at,
        },
    )
    record(
        "letter_text.set",
        found,
        by=by,
        at=at,
        after={"rung": rung_key, "to": to, "language": language.strip()},
    )
    return found


def write(
    *, case: Escalation, step: EscalationStep, steps: Ladder, by: Person | None, at: datetime
) -> list[Letter]:
    """The letters that the program decided for this rung, words filled in; a job prints and sends them after commit."""
    program = Program.objects.get(pk=current_program_id())
    made = []
    for addressee in addressees(
        case.supplier, case.workplace, steps, step.rung, on=today(at), program=program
    ):
        said = words_for(step.rung, addressee.to, addressee.language)
        if said is None:
            continue
        values = _values(case, step, steps, program, addressee, on=today(at))
        made.append(_write(case, step, addressee, said, values, at=at))
    if made:
        start(
            kind=JOB,
            title=_("Letters of %(number)s") % {"number": case.number},
            by=by,
            at=at,
            params={"step": str(step.pk)},
        )
    return made


def _write(
    case: Escalation,
    step: EscalationStep,
    addressee: Addressee,
    said: "Words",
    values: dict[str, str],
    *,
    at: datetime,
) -> Letter:
    letter = Letter.objects.create(
        serial=next_serial(Letter),
        escalation=case,
        step=step,
        to=addressee.to,
        participation=addressee.participation,
        workplace=addressee.workplace,
        addressee=addressee.name,
        language=addressee.language,
        subject=documents.filled(said.subject, values)[:200] or step.rung.label,
        body=documents.filled(said.body, values),
        written_on=today(at),
    )
    record("letter.written", letter, by=step.by, at=at, after={"to": addressee.name, "case": case.number})
    return letter


def _values(
    case: Escalation, step: EscalationStep, steps: Ladder, program: Program, addressee: Addressee, *, on: date
) -> dict[str, str]:
    """What each word of a letter stands for, in its language."""
    with translation.override(addressee.language):
        meets = steps.says(step.rung, "meeting")
        place = addressee.workplace or case.workplace
        return {
            "program": program.name,
            "supplier": case.supplier.name,
            "workplace": place.name if place else "",
            "addressee": addressee.name,
            "rung": step.rung.label,
            "day": formats.date_format(step.effective_on),
            "reason": step.reason,
            "provision": case.provision_reference,
            "condition": case.condition_for_return,
            "review": _review_day(case, steps, program),
            "meeting": _("A meeting with the program is mandatory.") if meets else "",
            "stop": _("Brands that take part in the program must stop buying from it.")
            if step.rung.stops_purchases
            else "",
            "phone": phone(on=on),
        }


def _review_day(case: Escalation, steps: Ladder, program: Program) -> str:
    length = steps.limit(case.rung)
    if length is None:
        return ""
    zone = ZoneInfo(program.time_zone)
    began = datetime(case.rung_since.year, case.rung_since.month, case.rung_since.day, tzinfo=zone)
    due = count(began, length.value, length.unit, calendar_of()).due_at
    return formats.date_format(due.astimezone(zone).date())


def print_and_send(*, step_id: UUID, by: Person | None, at: datetime) -> Iterator[tuple[int, int]]:
    """Print every letter of a step that was not sent, keep it by its hash, tell who gets it. Yields (done, of).

    Runs in the transaction of its job: all letters of a step go out, or none.
    """
    program = Program.objects.get(pk=current_program_id())
    waiting = list(
        Letter.objects.select_for_update(of=("self",))
        .filter(step_id=step_id, sent_at=None)
        .select_related("participation")
        .order_by("serial")
    )
    for place, letter in enumerate(waiting, start=1):
        _send(letter, program, by=by, at=at)
        yield place, len(waiting)


def _send(letter: Letter, program: Program, *, by: Person | None, at: datetime) -> None:
    file = store(
        chunks=[documents.pdf(letter, program, at=at)],
        name=f"{letter.number}.pdf",
        media_type="application/pdf",
        by=by,
        at=at,
        participation_id=letter.participation_id,
    )
    letter.file, letter.sha256, letter.sent_at = file, file.sha256, at
    letter.save(update_fields=["file", "sha256", "sent_at"])
    record("letter.sent", letter, by=by, at=at, after={"sha256": file.sha256, "to": letter.addressee})
    if letter.participation and letter.participation.organization_id:
        tell_role(
            kind="letter",
            key=f"letter:{letter.pk}",
            organization_id=letter.participation.organization_id,
            at=at,
            context={"letter": str(letter.pk)},
        )


@atomic
def send_again(*, step_id: UUID, by: Person, at: datetime) -> None:
    """Start the printing anew where it broke off. Raises CannotWrite where nothing waits."""
    if not Letter.objects.filter(step_id=step_id, sent_at=None).exists():
        raise CannotWrite(_("Every letter of this step was sent."))
    start(kind=JOB, title=_("Letters"), by=by, at=at, params={"step": str(step_id)})


@atomic
def acknowledge(*, letter_id: UUID, name: str, by: Person, at: datetime) -> Letter:
    """Whoever got the letter says so; for readers without an account the program records it. Raises Letter.DoesNotExist, CannotWrite."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    if letter.sent_at is None:
        raise CannotWrite(_("The letter was not sent yet."))
    if letter.acknowledged_at:
        raise CannotWrite(_("%(name)s has acknowledged it already.") % {"name": letter.acknowledged_name})
    if not name.strip():
        raise CannotWrite(_("Write the name of the person who received it."))
    letter.acknowledged_at, letter.acknowledged_name = at, name.strip()
    letter.save(update_fields=["acknowledged_at", "acknowledged_name"])
    record("letter.acknowledged", letter, by=by, at=at, after={"name": name.strip()})
    return letter
