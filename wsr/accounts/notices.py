"""What this app tells people."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Program
from wsr.accounts.tokens import token_of
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox


@notice_kind("invitation", label=_("Invitations"), mandatory=True, urgent=True)
def invitation(outbox: Outbox) -> dict[str, object]:
    """The link is made here, when the message is sent; it is stored nowhere."""
    token = token_of(UUID(outbox.context["invitation"]), outbox.context["nonce"])
    return {
        "program": Program.objects.get(pk=outbox.program_id).name,
        "url": settings.BASE_URL + reverse("accounts:invitation", args=[token]),
    }
