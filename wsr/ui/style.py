"""What the style guide shows: made-up facts, real components."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wsr.ui.icons import ICONS

SURFACES = ("console", "portal", "public", "plain")
TONES = [
    ("", _("Not started")),
    ("info", _("Under review")),
    ("ok", _("Verified")),
    ("warn", _("Behind schedule")),
    ("bad", _("Suspended")),
    ("due", _("Due Friday")),
]
COLORS = [
    "paper",
    "card",
    "sunken",
    "ink",
    "muted",
    "line",
    "edge",
    "brand",
    "mast",
    "gold",
    "bad",
    "warn",
    "ok",
    "info",
]
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


class SampleForm(forms.Form):
    """One field of every sort."""

    name = forms.CharField(label=_("Name of the workplace"), help_text=_("As it stands on the gate."))
    workers = forms.IntegerField(
        label=_("Workers"), min_value=0, help_text=_("Everyone, on the day of the count.")
    )
    counted_on = forms.DateField(
        label=_("Counted on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=[("", "…"), ("BD", _("Bangladesh")), ("US", _("United States"))]
    )
    products = forms.MultipleChoiceField(
        label=_("Products"),
        choices=[("knit", _("Knitwear")), ("denim", _("Denim")), ("shirts", _("Shirts"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    precision = forms.ChoiceField(
        label=_("How exactly is the place published?"),
        choices=[("exact", _("Exactly")), ("county", _("By county only"))],
        widget=forms.RadioSelect,
        help_text=_("Farms and housing are safer by county."),
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=_("Supplier list"), required=False)
    agreed = forms.BooleanField(label=_("The supplier has seen this"))


def sample_forms() -> dict[str, forms.Form]:
    """An empty form and one that was sent with mistakes."""
    wrong = SampleForm(
        {
            "wrong-name": "Sunrise Knitting",
            "wrong-workers": "-4",
            "wrong-country": "",
            "wrong-products": ["knit"],
            "wrong-agreed": "on",
        },
        prefix="wrong",
    )
    wrong.is_valid()
    return {"form": SampleForm(prefix="empty"), "wrong_form": wrong}


def style_context(request: HttpRequest) -> dict[str, Any]:
    """Everything the page shows. `?dir=rtl` writes from right to left, `?surface=` chooses the shell."""
    surface = request.GET.get("surface", "console")
    surface = surface if surface in SURFACES else "console"
    return {
        "shell_template": f"shell/{'console' if surface == 'portal' else surface}.html",
        "guide_surface": surface,
        "page_direction": "rtl" if request.GET.get("dir") == "rtl" else "ltr",
        "tones": TONES,
        "colors": COLORS,
        "icons": list(ICONS),
        "crumbs": [(_("Workplaces"), "#"), (_("Sunrise Knitting"), "")],
        "facts": [(_("Country"), _("Bangladesh")), (_("Workers"), 1840), (_("Latest inspection"), "")],
        "entries": [
            {"at": AT, "who": _("Program director"), "what": _("Probation decided"), "is_now": True},
            {
                "at": AT - dt.timedelta(days=12),
                "what": _("Repair of the fire doors reported"),
                "detail": _("Not verified yet"),
            },
            {
                "at": AT - dt.timedelta(days=40),
                "who": _("Inspector in charge"),
                "what": _("Inspection report issued"),
            },
        ],
        "rows": [
            ("Sunrise Knitting", _("Bangladesh"), 1840, "ok", _("Verified")),
            ("Meadow Farms", _("United States"), 212, "due", _("Due Friday")),
            ("Harbor Shirts", _("Bangladesh"), 3120, "warn", _("Behind schedule")),
        ],
        **sample_forms(),
    }
