"""What a person or the operator changes about an account. No program is involved, so there is no history of it."""

import logging

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from wsr.accounts import second_factor
from wsr.accounts.models import Person

logger = logging.getLogger(__name__)


def save_profile(*, person: Person, name: str, language: str, theme: str, single_keys: bool) -> None:
    """Keep how a person is called and how pages look to her. `language` may be empty: the browser decides."""
    person.name, person.language, person.theme, person.single_keys = name, language, theme, single_keys
    person.save(update_fields=["name", "language", "theme", "single_keys"])


def reset_second_factors(*, person: Person) -> None:
    """For a person who lost her phone and her codes: take all factors away and end all her sessions.

    She signs in with her password and is asked to set up a new one. The operator makes sure beforehand, by voice, that it is she.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        second_factor.revoke(person)
        for session in UserSession.objects.filter(user=person):
            session.end()
    logger.warning("second factors reset person=%s", person.pk)
