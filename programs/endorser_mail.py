"""Writes the mails to endorsers: what is due, one transaction each, at least once, under a Message-ID that never changes for a letter.

These belong to no program, so they are not in its outbox. Words and links are made here, when a mail leaves.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from programs import addresses
from programs.enums import EndorsementState, LetterKind
from programs.models import Endorsement, EndorsementLetter, EndorserAddress
from programs.operations import endorsements
from wsr.notices.wording import one_line
from wsr.tenancy import atomic

logger = logging.getLogger(__name__)

BACKOFF = (1, 5, 15, 60, 240, 720)  # minutes after the first, second, … failed try; then it is given up
AT_ONCE = 50  # of one run: a flood of forms leaves as a trickle of mails


def send_due(*, at: datetime) -> int:
    """Send what is due, at most AT_ONCE; returns how many were tried. Safe to run many times at once."""
    due = EndorsementLetter.objects.filter(next_try_at__lte=at).order_by("next_try_at", "pk")
    return sum(_send_one(letter_id, at) for letter_id in list(due.values_list("pk", flat=True)[:AT_ONCE]))


@atomic
def _send_one(letter_id: object, at: datetime) -> bool:
    letter = (
        EndorsementLetter.objects.filter(pk=letter_id, next_try_at__lte=at)
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if letter is None:
        return False
    endorsement = Endorsement.objects.select_for_update(of=("self",)).get(pk=letter.endorsement_id)
    address = EndorserAddress.objects.filter(pk=endorsement.pk).first()
    letter.next_try_at, letter.tries = None, letter.tries + 1
    if address is not None and _still_holds(letter, endorsement):
        try:
            _message(letter, endorsement, addresses.unseal(endorsement.pk, address.sealed)).send()
        except OSError as error:  # what mail servers and networks raise; their own words may hold the address
            logger.warning("letter to endorser not sent letter=%s error=%s", letter.pk, type(error).__name__)
            if letter.tries <= len(BACKOFF):
                letter.next_try_at = at + timedelta(minutes=BACKOFF[letter.tries - 1])
        else:
            letter.sent_at = at
    if letter.kind == LetterKind.DECLINED and letter.next_try_at is None:
        endorsements.empty_declined(endorsement)
    letter.save(update_fields=["next_try_at", "tries", "sent_at"])
    return True


def _still_holds(letter: EndorsementLetter, endorsement: Endorsement) -> bool:
    """Whether the letter is still true: nobody is asked to confirm what is confirmed."""
    return letter.kind != LetterKind.CONFIRM or endorsement.state == EndorsementState.UNCONFIRMED


def _message(letter: EndorsementLetter, endorsement: Endorsement, email: str) -> EmailMessage:
    with translation.override(endorsement.language or settings.LANGUAGE_CODE):
        text = render_to_string(f"programs/letters/{letter.kind}.txt", _said(endorsement))
    subject, _rest, body = text.strip().partition("\n")
    digest = hashlib.sha256(f"{settings.BASE_URL} {letter.pk}".encode()).hexdigest()[:40]
    headers = {"Message-ID": f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"}
    return EmailMessage(one_line(subject), f"{body.strip()}\n", to=[email], headers=headers)


def _said(endorsement: Endorsement) -> dict[str, str]:
    def page(name: str, token: str) -> str:
        return settings.BASE_URL + reverse(f"programs:{name}", args=[token])

    return {
        "site": settings.BASE_URL,
        "confirm_url": page("endorse_confirm", endorsements.confirm_token(endorsement)),
        "withdraw_url": page("endorse_withdraw_link", endorsements.withdraw_token(endorsement)),
        "badge_url": settings.BASE_URL + reverse("programs:endorser_badge", args=[endorsement.pk]),
        "is_listed": "yes" if endorsement.is_listed else "",
        "reason": one_line(endorsement.reason),
    }
