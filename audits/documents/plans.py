"""The corrective action plan of a workplace on paper."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi

from audits.models import CorrectiveAction
from audits.queries import actions as queries
from programs.models import Workplace
from wsr.tenancy.models import Program
from wsr.ui.pdf import render


def pdf(
    workplace: Workplace,
    actions: Sequence[CorrectiveAction],
    program: Program,
    *,
    on: date,
    at: datetime,
) -> bytes:
    """The plan as PDF/UA, as it stands on a day: what, until when, who pays, and whether it was verified. `at`: when it is printed."""
    rows: list[dict[str, Any]] = [
        {"action": row, "state": queries.state_of(row, on=on), "steps": list(row.milestones.all())}
        for row in actions
    ]
    html = render_to_string(
        "audits/actions/plan_document.html",
        {
            "workplace": workplace,
            "program": program,
            "rows": rows,
            "day": on,
            "created": at.isoformat(timespec="seconds"),
            "language": get_language(),
            "direction": "rtl" if get_language_bidi() else "ltr",
        },
    )
    return render(html)
