"""Who is signed in."""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from wsr.accounts.models import Person


class SignIn(AuthenticationBackend):
    """allauth's, reading a person together with her credential: her session depends on it, and one query is enough."""

    def get_user(self, user_id: UUID) -> Person | None:
        """The person of a session; None when she is inactive or gone."""
        person = Person.objects.select_related("credential").filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        kept = getattr(person, "credential", None)
        if kept:
            person.keep(kept.hash)
        return person
