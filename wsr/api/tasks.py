"""What is kept for a while is forgotten."""

from allauth.idp.oidc.models import Token
from celery import shared_task
from django.utils import timezone

from wsr.api.models import Replay
from wsr.api.replays import KEPT
from wsr.tenancy import engine_scope


@shared_task
def forget() -> None:
    """Each hour: answers older than seven days, and tokens that have expired."""
    forget_answers()
    Token.objects.expired().delete()


def forget_answers() -> int:
    """Delete kept answers of all programs older than seven days; returns how many."""
    with engine_scope():
        return Replay.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
