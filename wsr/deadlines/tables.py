"""The list of clocks."""

from functools import cached_property

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wsr.deadlines.enums import State
from wsr.deadlines.forms import ClockFilter
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import names_of
from wsr.deadlines.models import Clock
from wsr.deadlines.timing import length_of
from wsr.imports.reading.countries import country_name
from wsr.ui.keyset import Page
from wsr.ui.tables import Column, Empty, Table

TONES = {State.MISSED: "bad", State.MET: "ok", State.PAUSED: "warn"}


def kind_label(clock: Clock) -> str:
    """What the clock measures; its key where this installation knows the kind no longer."""
    kind = kinds().get(clock.kind)
    return str(kind.label) if kind else clock.kind


def who_acts(clock: Clock) -> str:
    """Who must act: the brand or supplier by name, else in the words of the kind."""
    name = getattr(clock, "responsible_name", "")
    kind = kinds().get(clock.kind)
    if clock.responsible_participation_id is not None:
        return name or _t("A brand or supplier")
    return str((kind and kind.actor) or _t("The program"))


class ClockTable(Table):
    """Clocks, the most urgent first."""

    name = "clocks"
    label = _("Clocks")
    filterset = ClockFilter
    default_sort = "due_at"
    columns = [
        Column("title", _("What"), link="deadlines:clock"),
        Column("kind", _("Limit"), value=kind_label, sort="kind"),
        Column("due_at", _("Due"), value=lambda clock: clock.due, sort="due_at"),
        Column(
            "state",
            _("State"),
            value="get_state_display",
            sort="state",
            tone=lambda clock: TONES.get(clock.state, "info"),
        ),
        Column("who", _("Who must act"), value=who_acts),
        Column("length", _("Length"), value=lambda clock: str(length_of(clock))),
        Column("started_at", _("Started"), sort="started_at", hidden=True),
        Column("met_at", _("Met"), sort="met_at", hidden=True),
        Column("missed_at", _("Missed"), sort="missed_at", hidden=True),
        Column("basis", _("Set by"), value="get_basis_display", hidden=True),
        Column(
            "country",
            _("Calendar"),
            value=lambda clock: country_name(clock.calendar_country) if clock.calendar_country else "",
            hidden=True,
        ),
    ]
    empty = Empty(
        _("No clock runs"),
        _(
            "A clock starts when something happens that must be answered within a limit of the program or of an agreement."
        ),
    )

    @cached_property
    def page(self) -> Page:
        """The rows with the names of who must act. One more query."""
        page = super().page
        name_clocks(page.rows)
        return page


def name_clocks(clocks: list[Clock]) -> None:
    """Put the names of brands and suppliers on clocks."""
    names = names_of({clock.responsible_participation_id for clock in clocks} - {None})
    for clock in clocks:
        clock.responsible_name = names.get(clock.responsible_participation_id, "")
