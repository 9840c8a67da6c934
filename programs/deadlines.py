"""The clocks of education and of sites that end, with the steps of their ladders. The day of what is owed follows from the program's rules (`programs/schedule.py`)."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.enums import CatchUp
from wsr.deadlines.kinds import ClockKind, Rung

EDUCATION = [
    ClockKind(
        key="programs.education_due",
        label=_("Education that a workplace is owed, to the day on which it is held"),
        actor=_("The program's educators"),
        permission=Permission.EDUCATION_CHANGE,
        ladder=(
            Rung("month_left", _("One month left"), after=-30),
            Rung("week_left", _("One week left"), after=-7),
            Rung("overdue", _("Not held in time")),
            Rung("late", _("A week late"), after=7),
            Rung("month_late", _("A month late"), after=30),
        ),
        catch_up=CatchUp.HIGHEST,
    ),
    ClockKind(
        key="programs.education_answered",
        label=_("Session planned, to the supplier's answer on time and place"),
        length_key="clocks.education_answered",
        actor=_("The supplier"),
        permission=Permission.EDUCATION_CHANGE,
        ladder=(Rung("day_left", _("One day left"), after=-1), Rung("overdue", _("No answer in time"))),
        catch_up=CatchUp.HIGHEST,
    ),
    ClockKind(
        key="programs.education_reported",
        label=_("Session ended, to its report"),
        length_key="clocks.education_reported",
        actor=_("Whoever led it"),
        permission=Permission.EDUCATION_CHANGE,
        ladder=(Rung("overdue", _("Not reported in time")), Rung("late", _("A week late"), after=7)),
        catch_up=CatchUp.HIGHEST,
    ),
    ClockKind(
        key="programs.education_confirmed",
        label=_("Session reported, to its confirmation"),
        length_key="clocks.education_confirmed",
        actor=_("Somebody else than the reporter"),
        permission=Permission.EDUCATION_CONFIRM,
        ladder=(Rung("overdue", _("Not confirmed in time")), Rung("late", _("A week late"), after=7)),
        catch_up=CatchUp.HIGHEST,
    ),
]
SITES = [
    ClockKind(
        key="programs.site_ends",
        label=_("Site opened, to its planned last day"),
        actor=_("Whoever keeps the list of workplaces: move the end, or let the site end"),
        permission=Permission.WORKPLACE_CHANGE,
        ladder=(
            Rung("month_left", _("One month left"), after=-30),
            Rung("week_left", _("One week left"), after=-7),
            Rung("over", _("The site ends"), effect="programs.operations.sites.reach_end"),
        ),
        catch_up=CatchUp.HIGHEST,
    ),
]
KINDS = [*EDUCATION, *SITES]
