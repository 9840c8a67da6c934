"""Input about the checklist."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.enums import InspectionKind
from audits.forms.planning import AREA


class QuestionForm(forms.Form):
    """One question about one provision."""

    text = forms.CharField(label=_("Question"), widget=AREA, max_length=2000)
    guidance = forms.CharField(label=_("How to verify it"), widget=AREA, max_length=5000, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Asked at"),
        choices=InspectionKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: at every inspection."),
    )

    @classmethod
    def of(cls, question: Any) -> dict[str, Any]:
        """What the form of a question begins with."""
        return {"text": question.text, "guidance": question.guidance, "kinds": question.kinds}
