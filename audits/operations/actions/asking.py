"""Asking a supplier how far a repair is. Its answer is what it reports, a milestone, or a request for more time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import DUE_STATES
from audits.models import CorrectiveAction
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.history.queries import happened_since
from wsr.tenancy import atomic

ASKED = "action.news_asked"


@atomic
def ask_for_news(*, action_id: UUID, by: Person, at: datetime, note: str = "") -> CorrectiveAction:
    """Ask the supplier how far it is, at most once a day; it reads the note. Raises CorrectiveAction.DoesNotExist and CannotMove."""
    action = keeping.locked(action_id)
    if action.state not in DUE_STATES:
        raise CannotMove(_("News is asked for while the action is to be done."))
    if happened_since(ASKED, action, at - timedelta(days=1)):
        raise CannotMove(_("News was asked for less than a day ago."))
    if not keeping.tell_supplier(action, "action_news_asked", key=f"{action.pk}:{at.isoformat()}", at=at):
        raise CannotMove(_("Nobody signs in for this supplier; ask it another way."))
    keeping.step(action, note.strip() or _("The program asks how far this is."), by=by, at=at)
    record(ASKED, action, by=by, at=at, reason=note.strip())
    return action
