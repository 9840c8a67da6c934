"""Input of the visit itself: arriving, answers, interviews, findings. `record_id` is made with the form, so sending it twice writes it once."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.enums import Answer, InterviewPlace
from audits.forms.planning import AREA, DAY


class ArriveForm(forms.Form):
    """The team is there."""

    workers_present = forms.IntegerField(
        label=_("Workers present"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("Everybody who works there on that day. It can be counted and changed later."),
    )


class VisitForm(forms.Form):
    """What is known of the visit as a whole."""

    workers_present = forms.IntegerField(
        label=_("Workers present"), min_value=0, max_value=1_000_000, required=False
    )
    few_interviews_reason = forms.CharField(
        label=_("Why fewer were interviewed"), widget=AREA, max_length=2000, required=False
    )
    summary = forms.CharField(label=_("Summary"), widget=AREA, max_length=20_000, required=False)
    if_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RecordForm(forms.Form):
    """Base of a record: its id, and the version that the person saw."""

    record_id = forms.UUIDField(widget=forms.HiddenInput)
    if_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A new record has its id before it is sent."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("record_id", uuid4())


class ResponseForm(RecordForm):
    """The answer to one line of the checklist."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Answer.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), widget=AREA, max_length=10_000, required=False)


class InterviewForm(RecordForm):
    """Workers interviewed together or alone."""

    workers = forms.IntegerField(
        label=_("Workers"), min_value=1, max_value=100_000, help_text=_("How many, never who.")
    )
    place = forms.ChoiceField(label=_("Where"), choices=InterviewPlace.choices)
    language = forms.CharField(label=_("Language"), max_length=20, required=False)
    held_on = forms.DateField(label=_("Day"), widget=DAY)
    note = forms.CharField(
        label=_("Note"),
        widget=AREA,
        max_length=10_000,
        required=False,
        help_text=_("Nothing that points to a person."),
    )


class FindingForm(RecordForm):
    """A breach of a provision."""

    provision_id = forms.TypedChoiceField(label=_("Provision"), coerce=UUID)
    severity_id = forms.TypedChoiceField(label=_("Severity"), coerce=UUID, required=False, empty_value=None)
    title = forms.CharField(
        label=_("Finding"), max_length=300, help_text=_("What is wrong, in one sentence.")
    )
    description = forms.CharField(
        label=_("Description"),
        widget=AREA,
        max_length=20_000,
        required=False,
        help_text=_("What was seen, where, how often. Name no worker."),
    )
    remedy = forms.CharField(
        label=_("What would put it right"), widget=AREA, max_length=10_000, required=False
    )
    workers_affected = forms.IntegerField(
        label=_("Workers affected"), min_value=0, max_value=1_000_000, required=False
    )
    repeat_of_id = forms.TypedChoiceField(
        label=_("Found before"), coerce=UUID, required=False, empty_value=None
    )

    def __init__(
        self,
        *args: Any,
        provisions: Iterable[tuple[str, str]],
        severities: Sequence[tuple[str, str]],
        earlier: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`provisions`, `severities` of the code's version; `earlier`: findings at the same workplace."""
        super().__init__(*args, **kwargs)
        self.fields["provision_id"].choices = [("", _("Choose")), *provisions]
        self.fields["severity_id"].choices = [("", _("As the provision says")), *severities]
        self.fields["repeat_of_id"].choices = [("", _("No, it is new")), *earlier]
        if not earlier:
            del self.fields["repeat_of_id"]


class WithdrawForm(forms.Form):
    """Why a finding does not stand."""

    reason = forms.CharField(label=_("Reason"), widget=AREA, max_length=2000)
    if_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SubmitForm(forms.Form):
    """The end of the visit. A further version says why."""

    reason = forms.CharField(label=_("Why there is another version"), widget=AREA, max_length=2000)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        """`is_first`: nothing was submitted before, so no reason is asked for."""
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["reason"]
