"""How a person wants to be told, and when she wants quiet."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wsr.accounts.queries import Standing
from wsr.notices.enums import Choice
from wsr.notices.kinds import Kind, all_kinds
from wsr.notices.models import Way
from wsr.tenancy.models import Program

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def _zones(first: object) -> list[tuple[str, object]]:
    """The time zones this machine knows; `first` says what no choice means."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("", first), ("UTC", "UTC"), *[(zone, zone.replace("_", " ")) for zone in zones]]


class _Quiet(forms.Form):
    """Two hours between which nothing is sent."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_(
            "Between these hours no message is sent, except what is urgent. It is sent when they end."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Both hours or neither."""
        cleaned = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None) and not self.errors:
            self.add_error("quiet_until" if end is None else "quiet_from", _("Give both hours, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        return cleaned


class HoursForm(_Quiet):
    """Quiet hours, time zone and telephone number."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    phone = forms.CharField(
        label=_("Mobile phone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("With the country, such as +880 1712 345678. Only urgent things are sent there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The time zones this machine knows."""
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = _zones(_("That of each program"))

    def clean_phone(self) -> str:
        """+8801712345678, however it was typed."""
        number = re.sub(r"[\s().-]", "", self.cleaned_data["phone"])
        if number and not _NUMBER.fullmatch(number):
            raise forms.ValidationError(
                _("Begin with + and the number of the country, then the number without its first 0.")
            )
        return number


class WayForm(_Quiet):
    """What somebody wants otherwise in one program."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As in all my programs")), *settings.LANGUAGES]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, program: Program, own: Way | None, **kwargs: Any) -> None:
        """`own`: what she chose for this program so far."""
        names = ("language", "time_zone", "quiet_from", "quiet_until")
        kept = {name: getattr(own, name) for name in names} if own else {}
        super().__init__(*args, prefix=f"{program.slug}-way", initial=kept, **kwargs)
        self.is_used = own is not None
        self.fields["time_zone"].choices = _zones(_("As in all my programs"))
        self.fields["quiet_until"].help_text = ""


class ChoicesForm(forms.Form):
    """One choice for each kind of notice that the person can get in one program."""

    def __init__(
        self,
        *args: Any,
        standing: Standing,
        chosen: dict[tuple[UUID, str], str],
        own: Way | None,
        **kwargs: Any,
    ):
        """`chosen`: what she chose so far, by program and kind; `own`: what she wants otherwise in this program."""
        super().__init__(*args, prefix=standing.program.slug, **kwargs)
        self.program = standing.program
        self.way = WayForm(*args, program=standing.program, own=own)
        kinds = [kind for kind in all_kinds() if standing.audience in kind.to]
        self.always: list[Kind] = [kind for kind in kinds if kind.mandatory]
        for kind in kinds:
            if not kind.mandatory:
                self.fields[kind.name] = forms.ChoiceField(
                    label=kind.label,
                    choices=Choice.choices,
                    initial=kind.choice(chosen.get((standing.program.pk, kind.name))),
                )

    def is_valid(self) -> bool:
        """The choices, and what she wants otherwise here."""
        return all([super().is_valid(), self.way.is_valid()])

    def choices(self) -> dict[str, Choice]:
        """{kind: choice}; after `is_valid`."""
        return {kind: Choice(choice) for kind, choice in self.cleaned_data.items()}

    def rows(self) -> Iterator[forms.BoundField]:
        """The fields, for the page."""
        return iter(self)
