"""Forms of access: a device that is let in, a client of a firm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.accounts.queries import Standing
from wsr.api.scopes import declared, of_passwords

DEVICE_DAYS = ((1, _("One day")), (7, _("A week")), (30, _("30 days")), (90, _("90 days")))
PASSWORD_DAYS = ((30, _("30 days")), (90, _("90 days")), (180, _("180 days")))
CLIENT_DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("A year")))


class CodeForm(forms.Form):
    """The code that the device shows."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The device shows it. Letters and hyphen, as BCDF-GHJK."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class LetInForm(forms.Form):
    """What a device may do, where, and for how long."""

    name = forms.CharField(
        label=_("Name of the device"),
        max_length=100,
        help_text=_("So that you know it again, as “Field phone 3”."),
    )
    programs = forms.MultipleChoiceField(label=_("Programs"), widget=forms.CheckboxSelectMultiple)
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("For how long"), choices=DEVICE_DAYS, coerce=int, initial=30)

    def __init__(self, *args: Any, standings: list[Standing], asked: list[str], **kwargs: Any) -> None:
        """`standings`: what the person is, by the position in the list; `asked`: the scopes that the device wants."""
        super().__init__(*args, **kwargs)
        self.fields["programs"].choices = [
            (str(number), _place(standing)) for number, standing in enumerate(standings)
        ]
        self.fields["scopes"].choices = [
            (scope, words) for scope, words in declared().items() if scope in asked
        ]
        self.fields["scopes"].initial = asked
        if len(standings) == 1:
            self.fields["programs"].initial = ["0"]


class PasswordForm(forms.Form):
    """An app password for one phone and one program."""

    device_id = forms.UUIDField(widget=forms.HiddenInput)  # sent twice, the form makes one password
    name = forms.CharField(
        label=_("Name of the phone"),
        max_length=100,
        help_text=_("So that you know it again, as “Field phone 3”."),
    )
    program = forms.ChoiceField(label=_("Program"), widget=forms.RadioSelect)
    days = forms.TypedChoiceField(label=_("For how long"), choices=PASSWORD_DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, standings: list[Standing], **kwargs: Any) -> None:
        """`standings`: what the person is, where that reaches far enough."""
        super().__init__(*args, **kwargs)
        choices = [(str(number), _place(standing)) for number, standing in enumerate(standings)]
        self.fields["program"].choices = choices
        if len(choices) == 1:
            self.fields["program"].initial = "0"


def for_passwords(standings: list[Standing]) -> list[Standing]:
    """Where a person may have an app password."""
    wanted = {scope.permission for scope in of_passwords().values()}
    return [standing for standing in standings if wanted & standing.permissions]


def _place(standing: Standing) -> str:
    name = standing.program.name
    roles = ", ".join(str(role.label) for role in sorted(standing.roles))
    return f"{name} – {roles}" + (f" ({standing.organization_name})" if standing.organization_name else "")


class ClientForm(forms.Form):
    """A program of an inspection firm, in the name of one of its auditors."""

    name = forms.CharField(label=_("Name of the client"), max_length=100)
    membership = forms.ModelChoiceField(
        None,
        label=_("Acts as"),
        help_text=_("It sees and does what this auditor may, and history names her."),
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("For how long"), choices=CLIENT_DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Auditors of the active program."""
        super().__init__(*args, **kwargs)
        auditors = (
            Membership.objects.active().filter(role=Role.AUDITOR).select_related("person", "organization")
        )
        field = self.fields["membership"]
        field.queryset = auditors.order_by("person__name", "pk")
        field.label_from_instance = lambda row: f"{row.person} ({row.organization})"
        self.fields["scopes"].choices = list(declared().items())
