"""What the registry tells webhooks."""

from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import Telling, notice_kind


@notice_kind("publication", label=_("A publication is out"), webhook=True, to=frozenset())
def publication(telling: Telling) -> dict[str, object]:
    """Its id travels; the rest is public."""
    return {"title": _("A publication is out")}
