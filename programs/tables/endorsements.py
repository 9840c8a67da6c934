"""The endorsements that moderators look through."""

from django.utils.translation import gettext_lazy as _

from programs.acts import OF_ENDORSEMENTS
from wsr.ui.tables import Column, Table


class EndorsementTable(Table):
    """Endorsements in one state, the oldest first. Its page draws each as a card; they leave as no file."""

    name = "endorsements"
    label = _("Endorsements")
    default_sort = "confirmed_at"
    is_exportable = False
    acts = OF_ENDORSEMENTS
    columns = [
        Column("name", _("Who endorses"), value="shown_name"),
        Column("confirmed_at", _("Confirmed"), sort="confirmed_at"),
    ]
