"""What staff say when a report is given out or sent back, and what a supplier replies."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.queries.shown_reports import ShownFinding

MOST = 20_000  # characters of one text


class ReturnForm(forms.Form):
    """Back to the auditors."""

    reason = forms.CharField(
        label=_("What the auditors should look at again"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The team reads it. It stays beside the next version of the report."),
    )


class ShareForm(forms.Form):
    """Before anybody outside reads it."""

    checked = forms.BooleanField(
        label=_("I have read every line: nothing in it points to a worker, or to who was interviewed.")
    )


class IssueForm(ShareForm):
    """The last step."""

    reason = forms.CharField(
        label=_("Why there is no reply of the supplier"),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where the program has set no time for a reply and none came."),
    )


class ReplyForm(forms.Form):
    """A text for the whole report and one beside each finding; at least one of them."""

    whole = forms.CharField(
        label=_("To the report as a whole"),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, findings: list[ShownFinding], **kwargs: Any) -> None:
        """One field per finding, called by its id."""
        super().__init__(*args, **kwargs)
        self.findings = findings
        for finding in findings:
            self.fields[f"finding-{finding.id}"] = forms.CharField(
                label=_("Your reply to finding %(number)s") % {"number": finding.number},
                required=False,
                max_length=MOST,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def beside(self) -> list[tuple[ShownFinding, forms.BoundField]]:
        """Each finding with its field."""
        return [(finding, self[f"finding-{finding.id}"]) for finding in self.findings]

    def clean(self) -> dict[str, Any]:
        """Something was written."""
        data = super().clean() or {}
        if not self.errors and not self.texts(data):
            raise forms.ValidationError(_("Write a reply to the report or to one of its findings."))
        return data

    def texts(self, data: dict[str, Any]) -> list[tuple[UUID | None, str]]:
        """[(finding or None for the whole, text)] of what was written."""
        named = [(None, data.get("whole", ""))]
        named += [(UUID(finding.id), data.get(f"finding-{finding.id}", "")) for finding in self.findings]
        return [(finding_id, text) for finding_id, text in named if text.strip()]


class RecordReplyForm(ReplyForm):
    """A reply that came on paper."""

    name = forms.CharField(label=_("Who replied for the supplier"), max_length=200)
    field_order = ("name", "whole")
