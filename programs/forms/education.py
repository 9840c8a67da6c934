"""What people type about education. No field takes a worker's name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.enums import EducationKind, MaterialKind
from programs.forms import DayField, LinesField
from programs.models import Material
from programs.operations.education.sessions import Plan, Report
from wsr.accounts.models import Person

_HOUR = {"type": "time"}
_SHORT = forms.Textarea(attrs={"rows": 3})
_COUNT = {"inputmode": "numeric"}


class CountField(forms.IntegerField):
    """A number of people or things, typed on a phone."""

    def __init__(self, **kwargs: Any) -> None:
        """As IntegerField, from 0 to a million."""
        kwargs.setdefault("min_value", 0)
        super().__init__(max_value=1_000_000, widget=forms.NumberInput(attrs=_COUNT), **kwargs)


class TopicsMixin(forms.Form):
    """The program's own topics to tick, and others in words. `topics_known` are the program's."""

    topics_known = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics_more = LinesField(label=_("Other topics"), required=False, help_text=_("One per line."))

    def offer(self, known: list[str], chosen: Iterable[str] = ()) -> None:
        """Put the program's list on the page; without one there is nothing to tick."""
        self.topic_names = known
        chosen = list(chosen)
        self.fields["topics_known"].choices = [(name, name) for name in known]
        self.initial.setdefault("topics_known", [name for name in chosen if name in known])
        self.initial.setdefault("topics_more", [name for name in chosen if name not in known])
        if not known:
            del self.fields["topics_known"]

    def chosen_topics(self) -> list[str]:
        """All that was ticked or written, each once, at most two hundred letters long."""
        data = self.cleaned_data
        both = [*data.get("topics_known", []), *(line[:200] for line in data["topics_more"])]
        return list(dict.fromkeys(both))[:30]


class PlanForm(TopicsMixin):
    """A session: which, when, where, in which languages, led by whom."""

    kind = forms.ChoiceField(label=_("What it is"), choices=EducationKind.choices)
    number = CountField(
        label=_("Which one"),
        required=False,
        help_text=_("Of modules and meetings of all employees: 1 for the first."),
    )
    day = DayField(label=_("Day"))
    hour = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs=_HOUR, format="%H:%M"))
    minutes = CountField(label=_("How many minutes"), min_value=1)
    place = forms.CharField(
        label=_("Where at the workplace"),
        max_length=200,
        required=False,
        help_text=_("The supplier reads this. For example: packing house, shade tent at field 4."),
    )
    languages = LinesField(label=_("Languages"), help_text=_("One per line."))
    leader_id = forms.TypedChoiceField(label=_("Led by"))
    worker_educators = CountField(
        label=_("Worker educators beside"),
        required=False,
        help_text=_("How many workers teach. They are counted, never named."),
    )
    field_order = ["kind", "number", "day", "hour", "minutes", "place", "languages"]

    def __init__(
        self, *args: Any, leaders: list[Person], zone: ZoneInfo, topics: list[str], **kwargs: Any
    ) -> None:
        """`zone`: the program's, in which day and hour are typed. `topics`: the program's list."""
        said = kwargs.pop("topics_said", ())
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["leader_id"].choices = [(str(person.pk), str(person)) for person in leaders]
        self.by_id = {str(person.pk): person.pk for person in leaders}
        self.offer(topics, said)

    def clean_languages(self) -> list[str]:
        """At least one, none too long."""
        return _languages(self.cleaned_data["languages"])

    def clean(self) -> dict[str, Any]:
        """The whole as a plan, under `plan`."""
        data = super().clean() or {}
        if self.errors:
            return data
        data["plan"] = Plan(
            kind=EducationKind(data["kind"]),
            number=data["number"] or 0,
            starts_at=datetime.combine(data["day"], data["hour"], self.zone),
            minutes=data["minutes"],
            place=data["place"],
            languages=data["languages"],
            topics=self.chosen_topics(),
            leader_id=self.by_id[data["leader_id"]],
            worker_educators=data["worker_educators"] or 0,
        )
        return data


class ReportForm(TopicsMixin):
    """The report of a session, short enough for a phone in a field."""

    attended = CountField(label=_("Workers who took part"))
    workers_present = CountField(label=_("Workers at work there that day"))
    is_paid_time = forms.TypedChoiceField(
        label=_("On paid time"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda typed: typed == "yes",
        widget=forms.RadioSelect,
    )
    management_present = forms.TypedChoiceField(
        label=_("Somebody of the management was in the room"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda typed: typed == "yes",
        widget=forms.RadioSelect,
    )
    worker_educators = CountField(label=_("Worker educators who taught"), required=False)
    languages = LinesField(label=_("Languages"), help_text=_("One per line."))
    note = forms.CharField(
        label=_("What you noticed"),
        required=False,
        max_length=5000,
        widget=_SHORT,
        help_text=_("For the program's staff alone. Name no worker."),
    )
    field_order = ["attended", "workers_present", "is_paid_time", "management_present", "worker_educators"]

    def __init__(
        self,
        *args: Any,
        materials: list[Material],
        topics: list[str],
        topics_said: Iterable[str] = (),
        is_first_day: bool = False,
        **kwargs: Any,
    ) -> None:
        """`materials`: those that are handed out now, and what this session's report named before."""
        super().__init__(*args, **kwargs)
        self.materials = {f"handed_{row.pk}": row.pk for row in materials}
        for name, row in zip(self.materials, materials, strict=True):
            self.fields[name] = CountField(
                label=gettext("Handed out or shown: %(what)s") % {"what": row}, required=False
            )
        if is_first_day:
            self.fields["attended"].label = _("Workers who were taught")
            self.fields["workers_present"].label = _("Workers who began")
        self.offer(topics, topics_said)
        self.order_fields(
            [*self.field_order, *self.materials, "topics_known", "topics_more", "languages", "note"]
        )

    def clean_languages(self) -> list[str]:
        """At least one, none too long."""
        return _languages(self.cleaned_data["languages"])

    def clean(self) -> dict[str, Any]:
        """The whole as a report, under `report`; more who took part than were there is refused at the field."""
        data = super().clean() or {}
        came, there = data.get("attended"), data.get("workers_present")
        if came is not None and there is not None and came > there:
            self.add_error("attended", gettext("More workers took part than were there. Check both numbers."))
        if self.errors:
            return data
        data["report"] = Report(
            attended=data["attended"],
            workers_present=data["workers_present"],
            is_paid_time=data["is_paid_time"],
            management_present=data["management_present"],
            languages=data["languages"],
            topics=self.chosen_topics(),
            worker_educators=data["worker_educators"] or 0,
            handouts={pk: data[name] for name, pk in self.materials.items() if data.get(name)},
            note=data["note"],
        )
        return data


class AnswerForm(forms.Form):
    """What the supplier says of time and place."""

    agrees = forms.TypedChoiceField(
        label=_("Is this time and place possible"),
        choices=[
            ("yes", _("Yes, workers are free and paid for that time")),
            ("no", _("No, another time or place")),
        ],
        coerce=lambda typed: typed == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What would be possible"),
        required=False,
        max_length=500,
        widget=_SHORT,
        help_text=_("Needed where you ask for another time or place."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=600, widget=_SHORT)


class MaterialForm(forms.Form):
    """One thing of the library."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=MaterialKind.choices)
    language = forms.CharField(label=_("Language"), max_length=20)
    version = forms.CharField(label=_("Version"), max_length=40, help_text=_("For example: 2026, or 3."))
    link = forms.URLField(label=_("Link"), required=False, max_length=600, assume_scheme="https")
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("PDF, picture or text document. A video has a link."),
    )


def _languages(lines: list[str]) -> list[str]:
    if any(len(line) > 20 for line in lines):
        raise forms.ValidationError(gettext("A language has at most twenty letters. Write one per line."))
    return list(dict.fromkeys(lines))[:10]


def initial_of_material(found: Iterable[tuple[UUID, int]]) -> dict[str, int]:
    """What was said of handouts before, as the form names it."""
    return {f"handed_{pk}": count for pk, count in found}
