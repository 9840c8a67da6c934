"""The app of people, and what it listens to."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships, sign-in."""

    name = "wsr.accounts"

    def ready(self) -> None:
        """Hear of second factors being used, added and removed; allauth tells it by signals only."""
        from wsr.accounts import second_factor  # noqa: PLC0415 -- models are ready only now

        second_factor.listen()
