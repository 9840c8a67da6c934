"""The messages of this app itself."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Notice, Outbox
from wsr.notices.wording import one_line
from wsr.tenancy import Audience
from wsr.tenancy.models import Program

LINES = 100


@notice_kind("digest")
def digest(outbox: Outbox) -> dict[str, object]:
    """One line for each notice, oldest first; of very many only the first hundred, and how many more there are."""
    notices = Notice.objects.filter(digest_id=outbox.context["digest"]).order_by("created_at", "pk")
    listed = [
        {"title": one_line(notice.title), "url": settings.BASE_URL + notice.url if notice.url else ""}
        for notice in notices[:LINES]
    ]
    return {
        "program": Program.objects.get(pk=outbox.program_id).name,
        "lines": listed,
        "total": (total := notices.count()),
        "more": total - len(listed),
        "url": reverse("notices:list"),
    }


@notice_kind(
    "webhook_off",
    label=gettext_lazy("A webhook was turned off because it does not answer"),
    to=frozenset({Audience.STAFF}),
)
def webhook_off(outbox: Outbox) -> dict[str, object]:
    """Which one is on the page."""
    slug = Program.objects.get(pk=outbox.program_id).slug
    return {
        "title": _("A webhook was turned off because it does not answer"),
        "url": reverse("notices:webhook", args=[slug, outbox.context["endpoint"]]),
    }
