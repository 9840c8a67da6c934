"""Endorsing the principles: ask, confirm by e-mail, be accepted or declined by a person, withdraw at any time.

Asking, confirming and withdrawing happen outside of every program; a moderator accepts or declines from a program, whose history keeps it.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from programs import addresses, statement
from programs.enums import EndorsementState, EndorserKind, LetterKind
from programs.models import Endorsement, EndorsementLetter, Endorser, EndorserAddress
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.registry.names import fold
from wsr.tenancy import atomic, on_commit
from wsr.vault import ledger

CONFIRM_SECONDS = 7 * 24 * 3600
LETTERS_A_DAY = 3  # to one address: nobody fills a stranger's mailbox with our help
KEPT_DAYS = 14  # what nobody confirmed
_CONFIRM, _WITHDRAW = "programs.endorsements.confirm", "programs.endorsements.withdraw"
_PERSONAL = ("name", "role", "organization", "country", "website", "comment", "confirmed_domain")
_ENDORSES = (EndorsementState.WAITING, EndorsementState.ACCEPTED)
_OVER = (EndorsementState.WITHDRAWN, EndorsementState.DECLINED)


class LinkIsOver(DomainError):
    """The link is not one of ours, is too old, or was replaced."""


class CannotDecide(DomainError):
    """It was decided already, or withdrawn."""


@dataclass(frozen=True)
class Facts:
    """What somebody typed about herself or her organization. `is_listed`: may be named in the public list."""

    kind: str
    name: str
    role: str
    organization: str
    country: str
    website: str
    comment: str
    is_listed: bool


# ── By the endorser ──────────────────────────────────────────────────────────────────────────────


@atomic
def ask(*, email: str, facts: Facts, language: str, at: datetime) -> None:
    """Take in an endorsement and write to its address. One address endorses once.

    Does the same to the eye whether the address is new, unconfirmed or endorses already: a mail goes out, and only its reader learns which.
    Where no mail may go out today what was typed before stands, so that the link of the last mail holds.
    Raises DoneTwice where the same address is entered twice at one moment; the first stands.
    """
    digest = addresses.digest(email)
    known = (
        EndorserAddress.objects.select_related("endorsement")
        .select_for_update(of=("self", "endorsement"))
        .filter(digest=digest)
        .first()
    )
    if known is None:
        endorsement = Endorsement(state=EndorsementState.UNCONFIRMED, asked_at=at)
        _write(endorsement, facts, language)
        EndorserAddress.objects.create(
            endorsement=endorsement, digest=digest, sealed=addresses.seal(endorsement.pk, email)
        )
        _letter(endorsement, LetterKind.CONFIRM, at)
    elif known.endorsement.state == EndorsementState.UNCONFIRMED:
        if _may_write_again(known.endorsement, at):
            known.endorsement.asked_at = at
            _write(known.endorsement, facts, language)
            _letter(known.endorsement, LetterKind.CONFIRM, at)
    else:
        _letter(known.endorsement, LetterKind.KNOWN, at)


@atomic
def remind(*, email: str, at: datetime) -> None:
    """Write the link that withdraws to an address that endorses; to any other nothing, and nobody is told which it was."""
    known = (
        EndorserAddress.objects.select_related("endorsement").filter(digest=addresses.digest(email)).first()
    )
    if known is None:
        return
    is_new = known.endorsement.state == EndorsementState.UNCONFIRMED
    _letter(known.endorsement, LetterKind.CONFIRM if is_new else LetterKind.KNOWN, at)


def asked_by_link(token: str) -> Endorsement:
    """What the link that confirms would confirm: exactly what was typed before its mail. Raises LinkIsOver."""
    return _of_link(token, Endorsement.objects.all())


def _of_link(token: str, rows: QuerySet[Endorsement]) -> Endorsement:
    try:
        said = signing.loads(token, salt=_CONFIRM, max_age=CONFIRM_SECONDS)
    except signing.BadSignature:
        raise LinkIsOver(_over()) from None
    endorsement = rows.filter(pk=said["id"]).first()
    is_open = endorsement is not None and endorsement.state in (EndorsementState.UNCONFIRMED, *_ENDORSES)
    if endorsement is None or not is_open or endorsement.nonce != said["nonce"]:
        raise LinkIsOver(_over())
    return endorsement


@atomic
def confirm(*, token: str, at: datetime) -> Endorsement:
    """The address is hers: from now on a moderator sees it. Pressed again, it stays as it is. Raises LinkIsOver."""
    endorsement = _of_link(token, Endorsement.objects.select_for_update(of=("self",)))
    if endorsement.state in _ENDORSES:
        return endorsement
    endorsement.state, endorsement.confirmed_at = EndorsementState.WAITING, at
    if endorsement.kind == EndorserKind.ORGANIZATION:
        email = addresses.unseal(endorsement.pk, endorsement.address.sealed)
        endorsement.confirmed_domain = addresses.domain_shown(email, endorsement.website)
    endorsement.save(update_fields=["state", "confirmed_at", "confirmed_domain"])
    return endorsement


@atomic
def withdraw(*, token: str, at: datetime) -> None:
    """Take an endorsement back, at any time: everything personal is erased, and the count says so. Done twice it is done once.

    What was never confirmed leaves nothing at all. Raises LinkIsOver.
    """
    try:
        endorsement_id = UUID(signing.loads(token, salt=_WITHDRAW))
    except signing.BadSignature:
        raise LinkIsOver(_over()) from None
    endorsement = Endorsement.objects.select_for_update(of=("self",)).filter(pk=endorsement_id).first()
    if endorsement is None or endorsement.state in _OVER:
        return
    on_commit(partial(ledger.enter, [(addresses.NO_PROGRAM, endorsement.pk, at.date())]))
    _take_out(endorsement, at)


def _take_out(endorsement: Endorsement, at: datetime) -> None:
    """The caller holds the row's lock."""
    if endorsement.state == EndorsementState.UNCONFIRMED:
        endorsement.delete()
        return
    endorsement.state, endorsement.left_at = EndorsementState.WITHDRAWN, at
    _empty(endorsement, "state", "left_at")
    for endorser in Endorser.objects.filter(pk=endorsement.pk):
        _empty_public(endorser, at)


def confirm_token(endorsement: Endorsement) -> str:
    """What the link that confirms carries. Made when the mail is sent; nothing that is stored opens it."""
    return signing.dumps({"id": str(endorsement.pk), "nonce": endorsement.nonce}, salt=_CONFIRM)


def withdraw_token(endorsement: Endorsement) -> str:
    """What the link that withdraws carries; it holds for as long as the endorsement does."""
    return signing.dumps(str(endorsement.pk), salt=_WITHDRAW)


# ── By a moderator ───────────────────────────────────────────────────────────────────────────────


@atomic
def accept(*, endorsement_id: UUID, by: Person, at: datetime) -> Endorsement:
    """Count an endorsement from now on, and name it where that was agreed to. Raises Endorsement.DoesNotExist and CannotDecide."""
    endorsement = _locked(endorsement_id)
    _decide(endorsement, EndorsementState.ACCEPTED, by=by, at=at, reason="")
    Endorser.objects.bulk_create([_public(endorsement, at)])
    return endorsement


@atomic
def decline(*, endorsement_id: UUID, reason: str, by: Person, at: datetime) -> Endorsement:
    """Do not count it, or no longer. The reason is written to the endorser; then everything personal is erased.

    Raises Endorsement.DoesNotExist and CannotDecide.
    """
    endorsement = _locked(endorsement_id)
    _decide(endorsement, EndorsementState.DECLINED, by=by, at=at, reason=reason)
    Endorser.objects.filter(pk=endorsement.pk).delete()
    return endorsement


def _locked(endorsement_id: UUID) -> Endorsement:
    seen = Endorsement.objects.exclude(state=EndorsementState.UNCONFIRMED)
    return seen.select_for_update(of=("self",)).get(pk=endorsement_id)


def _decide(endorsement: Endorsement, to: EndorsementState, *, by: Person, at: datetime, reason: str) -> None:
    if not endorsement.may_become(to):
        raise CannotDecide(
            _("This endorsement is “%(state)s” by now. Load the page again to see the others.")
            % {"state": endorsement.get_state_display()}
        )
    before = endorsement.state
    endorsement.state, endorsement.decided_at, endorsement.decided_by, endorsement.reason = to, at, by, reason
    endorsement.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    kind = LetterKind.ACCEPTED if to == EndorsementState.ACCEPTED else LetterKind.DECLINED
    _letter(endorsement, kind, at)
    record(
        f"endorsement.{to.value}",
        endorsement,
        by=by,
        at=at,
        before={"state": before},
        after={"state": to.value},
        reason=reason,
    )


# ── By the clock ─────────────────────────────────────────────────────────────────────────────────


@atomic
def forget(*, at: datetime) -> int:
    """Delete what nobody confirmed within KEPT_DAYS; returns how many."""
    rows = Endorsement.objects.filter(
        state=EndorsementState.UNCONFIRMED, asked_at__lt=at - timedelta(days=KEPT_DAYS)
    )
    return rows.delete()[1].get("programs.Endorsement", 0)


@atomic
def replay(*, at: datetime) -> int:
    """Take out again what a restored backup brought back, by the list outside the database, and enter there what it lacks.

    Returns how many were brought back. As `wsr.vault.erasing.replay` does for cases.
    """
    listed = {found for program_id, found in ledger.entries() if program_id == addresses.NO_PROGRAM}
    here = Endorsement.objects.filter(pk__in=listed).exclude(state__in=_OVER)
    back = list(here.order_by("pk").select_for_update(of=("self",)))
    for endorsement in back:
        _take_out(endorsement, at)
    erased = Endorsement.objects.filter(state__in=_OVER, address=None).order_by("pk")
    missing = set(erased.values_list("pk", flat=True)) - listed
    if missing:
        ledger.enter([(addresses.NO_PROGRAM, one, at.date()) for one in sorted(missing)])
    return len(back)


def empty_declined(endorsement: Endorsement) -> None:
    """Erase what is personal of a declined endorsement, once its endorser was told. The caller holds the row's lock."""
    _empty(endorsement)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────


def _write(endorsement: Endorsement, facts: Facts, language: str) -> None:
    for name, value in asdict(facts).items():
        setattr(endorsement, name, value)
    endorsement.language = language
    endorsement.statement_version = statement.current().version
    endorsement.nonce = secrets.token_urlsafe(16)
    endorsement.save()


def _letter(endorsement: Endorsement, kind: LetterKind, at: datetime) -> None:
    """One more mail to write, unless this address got as many as it may in a day. Decisions are always written."""
    if kind in (LetterKind.CONFIRM, LetterKind.KNOWN) and not _may_write_again(endorsement, at):
        return
    EndorsementLetter.objects.bulk_create(
        [EndorsementLetter(endorsement=endorsement, kind=kind, asked_at=at, next_try_at=at)]
    )
    on_commit(_wake)


def _may_write_again(endorsement: Endorsement, at: datetime) -> bool:
    """Whether this address may get another mail that somebody asked for."""
    recent = EndorsementLetter.objects.filter(
        endorsement=endorsement,
        kind__in=(LetterKind.CONFIRM, LetterKind.KNOWN),
        asked_at__gt=at - timedelta(days=1),
    )
    return recent.count() < LETTERS_A_DAY


def _wake() -> None:
    """Ask for the letters to be sent now. Without a broker beat does it once that is back."""
    from programs.tasks import send_endorsement_letters  # noqa: PLC0415 -- tasks are leaves

    try:
        send_endorsement_letters.delay()
    except OperationalError:
        return


def _public(endorsement: Endorsement, at: datetime) -> Endorser:
    """What everybody may read of it: nothing but kind, version and day where she did not agree to be named."""
    made = Endorser(
        pk=endorsement.pk,
        statement_version=endorsement.statement_version,
        kind=endorsement.kind,
        is_named=endorsement.is_listed,
        endorsed_on=(endorsement.confirmed_at or at).date(),
    )
    if endorsement.is_listed:
        is_person = endorsement.kind == EndorserKind.PERSON
        signer = [endorsement.role] if is_person else [endorsement.name, endorsement.role]
        made.name = endorsement.shown_name
        made.name_key = fold(made.name)[:200]
        made.signed_by = ", ".join(part for part in signer if part)
        made.organization = endorsement.organization if is_person else ""
        made.country, made.website = endorsement.country, endorsement.website
        made.comment, made.domain = endorsement.comment, endorsement.confirmed_domain
        made.search = fold(f"{made.name} {made.signed_by} {made.organization}")
    return made


def _empty(endorsement: Endorsement, *also: str) -> None:
    for name in _PERSONAL:
        setattr(endorsement, name, "")
    endorsement.save(update_fields=[*_PERSONAL, *also])
    EndorserAddress.objects.filter(pk=endorsement.pk).delete()


def _empty_public(endorser: Endorser, at: datetime) -> None:
    """What stays of somebody who withdrew: that there was one, of which kind, from when until when."""
    for name in (
        "name",
        "name_key",
        "signed_by",
        "organization",
        "country",
        "website",
        "comment",
        "domain",
        "search",
    ):
        setattr(endorser, name, "")
    endorser.is_named, endorser.left_on = False, at.date()
    endorser.save()


def _over() -> str:
    return _(
        "This link is over or was replaced by a newer one. Endorse again, and you get a new one by e-mail."
    )
