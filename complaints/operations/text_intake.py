"""A text message arrives: a word to stop, a line in somebody's thread, or a complaint. Whatever it is, it is in before the gateway hears that it is.

The ids of the message and of the complaint it may begin are made of the gateway's id of it, so one that is sent again changes nothing. All of it is one
transaction; two texts of one phone stand in line.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from complaints import short_texts
from complaints.enums import Channel, CheckInAnswer, ComplaintState, Direction, Harm
from complaints.keywords import Keyword, keyword_in
from complaints.models import CheckIn, Complainant, Complaint, Message, WorkerKey
from complaints.operations import drafts, flood, intake, phones, states, texting, thread, watch
from complaints.operations.drafts import Token
from complaints.operations.phones import international, spellings
from complaints.operations.telling import tell_staff
from programs.queries import today
from wsr.history.operations import record
from wsr.notices.texts.shape import Text
from wsr.tenancy import worker_scope
from wsr.tenancy.models import Program
from wsr.vault import operations as vault
from wsr.vault.index import PHONE, every_index
from wsr.vault.keys import derived

FREE = 20  # texts of one phone within an hour; what goes beyond is kept apart, for a look
_LONGEST = 6_000  # characters; a text of ten parts has 1,530
_MOST = 50  # complainants with one number that are looked at for a thread, newest first
_ASIDE = (ComplaintState.SET_ASIDE, ComplaintState.ABUSE)


@dataclass(frozen=True)
class Her:
    """A complainant who gave the number that a text came from."""

    complaint_id: UUID
    complainant_id: UUID
    state: str
    channel: str
    continues_id: UUID | None = None


@dataclass(frozen=True, repr=False)
class _Arrival:
    """One text on its way in. `phone`: E.164, or "" where nobody can be answered."""

    program: Program
    said: Text
    phone: str
    at: datetime

    def digest(self, purpose: str, *more: str) -> bytes:
        """32 bytes that nobody can foresee, the same whenever the same text comes."""
        content = "|".join((str(self.program.pk), purpose, *more)).encode()
        return hmac.new(derived("text messages"), content, hashlib.sha256).digest()

    def token(self, *more: str) -> Token:
        """Of the complaint that begins with it; nobody comes back by it, so it is no secret of hers."""
        return Token(base64.urlsafe_b64encode(self.digest("begins", *more)).decode().rstrip("="), self.program.pk)  # fmt: skip

    @property
    def ids(self) -> tuple[str, str]:
        """What the gateway calls it."""
        return self.said.gateway.name, self.said.message_id

    @property
    def message_id(self) -> UUID:
        """Of the row that holds it in a thread."""
        return UUID(bytes=self.digest("message", *self.ids)[:16], version=4)

    @property
    def text(self) -> str:
        """What it says."""
        return self.said.text.strip()[:_LONGEST] or _("(a message without words)")


def take_in(*, arrived: Text, at: datetime) -> None:
    """Keep a text that its gateway signed. Outside a scope. Raises TooBusy, after which nothing has happened: the gateway sends it again."""
    program = Program.objects.filter(slug=arrived.gateway.program).first()
    if program is None:
        raise ImproperlyConfigured(f"The gateway {arrived.gateway.name} is for a program that is not there.")
    phone = international(arrived.phone, arrived.gateway.country)
    here = _Arrival(program, arrived, phone, at)
    with transaction.atomic(), translation.override(program.language):
        _stand_in_line(here)
        if not _came_before(here):
            _keep(here)


def people_of(program_id: UUID, phone: str, country: str, *, most: int | None) -> list[Her]:
    """Complainants of a program with this number, newest complaint first; `most`: how many are looked at, None all. Outside a scope."""
    wanted = spellings(phone, country)
    digests = [digest for spelling in sorted(wanted) for digest in every_index(program_id, PHONE, spelling)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM complaints_by_phone(%s, %s) LIMIT %s", [program_id, digests, most])
        found = [Her(*row) for row in cursor.fetchall()]
    return [her for her in found if spellings(_phone_of(program_id, her), country) & wanted]


def _phone_of(program_id: UUID, her: Her) -> str:
    """A complaint may have several complainants, and the index knows only the complaint."""
    with worker_scope(program_id, her.complaint_id, her.complainant_id):
        return vault.unseal(her.complaint_id, "complaints_complainant", "phone", her.complainant_id) or ""


def _stand_in_line(here: _Arrival) -> None:
    key = here.digest("line", here.phone or here.said.message_id).hex()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"text {key}"])


def _came_before(here: _Arrival) -> bool:
    begun = here.token(*here.ids).case_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT complaints_had_text(%s, %s, %s)", [here.program.pk, here.message_id, begun])
        return cursor.fetchone()[0]


def _keep(here: _Arrival) -> None:
    keyword = keyword_in(here.said.text)
    if keyword == Keyword.STOP:
        _stop(here)
        return
    country = here.said.gateway.country
    people = people_of(here.program.pk, here.phone, country, most=_MOST) if here.phone else []
    source = f"text:{here.digest('flood', here.phone or here.said.phone).hex()}"
    is_flood = flood.is_flooding(source, free=FREE)
    flood.note(source)
    hers = _hers(people)
    if is_flood or not here.phone:
        _set_aside(here)
        return
    if hers:
        _add(here, hers[0])
        if keyword in (Keyword.ONE, Keyword.TWO):
            _note_answer(here, hers, keyword)
    else:
        hers = [_begin(here, here.token(*here.ids))]
    _answer(here, hers[0], short_texts.HELP if keyword == Keyword.HELP else short_texts.RECEIVED)


def _hers(people: list[Her]) -> list[Her]:
    """The complaints of the one worker who can have sent it, the one to write in first; none where that is not sure.

    A complaint that follows from another is the same worker's. Where several gave this number, what one of them says must not be read by
    another: only a thread that began by text is sure.
    """
    live = [her for her in people if her.state not in _ASIDE]
    followed = {her.continues_id for her in live}
    newest = [her for her in live if her.complaint_id not in followed]
    is_of_one = len({her.complaint_id for her in live}) == len(live)
    if len(newest) == 1 and is_of_one:
        return [*newest, *(her for her in live if her.complaint_id in followed)]
    return [her for her in newest if her.channel == Channel.TEXT and her.continues_id is None][:1]


def _stop(here: _Arrival) -> None:
    """No more texts to this phone from now on, in any of its complaints. Not answered: nobody who holds her phone need see it."""
    if not here.phone:
        return
    with worker_scope(here.program.pk, None):
        phones.stop_texts(here.phone, at=here.at)
    for her in people_of(here.program.pk, here.phone, here.said.gateway.country, most=None):
        with worker_scope(here.program.pk, her.complaint_id, her.complainant_id):
            if Complainant.objects.filter(pk=her.complainant_id, may_text=True).update(may_text=False):
                subject = ("complaints.complaint", her.complaint_id)
                record("complaint.texts_stopped", subject, by=None, at=here.at)


def _set_aside(here: _Arrival) -> None:
    """Beyond what one phone may send, or from a sender that is no phone: kept in one complaint an hour, set aside."""
    token = here.token("aside", here.phone or here.said.phone, f"{here.at:%Y-%m-%dT%H}")
    with worker_scope(here.program.pk, token.case_id):
        first = Complainant.objects.filter(complaint_id=token.case_id).first()
    if first is None:
        _begin(here, token, is_set_aside=True)
    else:
        _add(here, Her(token.case_id, first.pk, ComplaintState.SET_ASIDE, Channel.TEXT), tell=False)


def _begin(here: _Arrival, token: Token, *, is_set_aside: bool = False) -> Her:
    """A complaint. Nobody learns its secret; staff gives her another when she wants to come by the pages."""
    with worker_scope(here.program.pk, token.case_id):
        may_text = bool(here.phone) and not phones.wants_no_texts(here.phone)
        intake.receive(
            token=token,
            facts=intake.Facts(
                channel=Channel.TEXT, language=here.program.language, is_set_aside=is_set_aside
            ),
            answers={"what": here.text},
            complainants=[intake.Who(phone=here.phone, may_text=may_text)],
            at=here.at,
        )
        drafts.forget(token)
    state = ComplaintState.SET_ASIDE if is_set_aside else ComplaintState.RECEIVED
    return Her(token.case_id, token.case_id, state, Channel.TEXT)  # as the first complainant, she has its id


def _add(here: _Arrival, her: Her, *, tell: bool = True) -> None:
    with worker_scope(here.program.pk, her.complaint_id, her.complainant_id):
        complaint = states.locked(her.complaint_id)
        message = Message.objects.create(
            id=here.message_id,
            complaint=complaint,
            direction=Direction.FROM_WORKER,
            channel=Channel.TEXT,
            complainant_id=her.complainant_id,
            at=here.at,
        )
        text = _without_secret(here.text, her)
        vault.seal(complaint.pk, "complaints_message", "text", message.pk, text)
        record("complaint.from_worker", ("complaints.complaint", complaint.pk), by=None, at=here.at)
        if tell:
            tell_staff(complaint, f"complaint_from_worker:{message.pk}", here.at)


def _without_secret(text: str, her: Her) -> str:
    """Her code is for her alone: where it is in the text, no digit of the text is kept."""
    key = WorkerKey.objects.filter(complainant_id=her.complainant_id, ended_at=None).first()
    if key is None or not thread.holds_secret(key, text):
        return text
    return "".join("•" if sign.isdecimal() else sign for sign in text)


def _note_answer(here: _Arrival, hers: list[Her], keyword: Keyword) -> None:
    """1 or 2 to the question how she is, where she is to be asked; else the digit is a line in her thread and no more."""
    for her in hers:
        with worker_scope(here.program.pk, her.complaint_id, her.complainant_id):
            of = {"complaint_id": her.complaint_id, "complainant_id": her.complainant_id}
            due = CheckIn.objects.filter(**of, answer=CheckInAnswer.OPEN, due_on__lte=today(here.at))
            if not due.exists():
                continue
            key = WorkerKey.objects.filter(**of, ended_at=None).first() or WorkerKey(**of)
            if keyword == Keyword.TWO:
                watch.tell_worse(key=key, harms=[Harm.OTHER], words="", channel=Channel.TEXT, at=here.at)
                return
            watch.tell_fine(key=key, channel=Channel.TEXT, at=here.at)


def _answer(here: _Arrival, her: Her, kind: str) -> None:
    """That it arrived, once a day; to a word for help, which may be a cry, how this number works, once an hour.

    What it says, in which language and how often follows from this phone's texts alone. So whoever holds it does not learn whether a complaint
    knows it: what was allowed there is for texts that the program begins.
    """
    hour = f"{here.at:%Y-%m-%dT%H}" if kind == short_texts.HELP else f"{here.at:%Y-%m-%d}"
    with worker_scope(here.program.pk, her.complaint_id, her.complainant_id):
        complaint = Complaint.objects.get(pk=her.complaint_id)
        key = f"{kind}:{here.digest('answer', here.phone, hour).hex()}"
        language = here.program.language
        texting.send(complaint, her.complainant_id, kind=kind, key=key, language=language, at=here.at)
