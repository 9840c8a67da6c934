"""What people type about news."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.enums import NewsKind
from programs.forms import DayField
from programs.statement import OWN_NAMES


class NewsForm(forms.Form):
    """One news item."""

    title = forms.CharField(label=_("Title"), max_length=200)
    dated_on = DayField(label=_("Date"))
    kind = forms.ChoiceField(label=_("What it is about"), choices=NewsKind)
    language = forms.ChoiceField(
        label=_("Language of the text"), choices=list(OWN_NAMES.items()), initial="en"
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        help_text=_(
            "Plain paragraphs with an empty line between them. Name no worker, and tell nothing of a complaint that was not cleared for the public."
        ),
    )

    def clean_title(self) -> str:
        """One line."""
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_text(self) -> str:
        """Paragraphs parted by one empty line."""
        blocks: list[list[str]] = [[]]
        for line in (one.rstrip() for one in str(self.cleaned_data["text"]).splitlines()):
            if line:
                blocks[-1].append(line)
            elif blocks[-1]:
                blocks.append([])
        return "\n\n".join("\n".join(block) for block in blocks if block)


class WithdrawNewsForm(forms.Form):
    """Why a news item is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown in public in place of the text."),
    )

    def clean_reason(self) -> Any:
        """One line."""
        return " ".join(self.cleaned_data["reason"].split())
