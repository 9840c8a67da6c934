"""What this room tells webhooks."""

from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import Telling, notice_kind


@notice_kind("standing_changed", label=_("The standing of a supplier changed"), webhook=True, to=frozenset())
def standing_changed(telling: Telling) -> dict[str, object]:
    """Whose, and the entry on record, as ids."""
    return {"title": _("The standing of a supplier changed")}
