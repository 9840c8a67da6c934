"""Forms of members, invitations and the profile."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Organization, Person
from wsr.accounts.queries import organizations_of_program


class SignInForm(LoginForm):
    """E-mail address and password; the way to a new password stands below the button, after both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Labels say what to type, so nothing stands in the fields."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class PasskeyForm(AddWebAuthnForm):
    """A new passkey, in words that say what it is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As allauth makes it, with other labels."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with this passkey alone")
        alone.help_text = _(
            "Then no password is asked for. The device itself asks for your fingerprint, face or PIN."
        )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As allauth makes it, with another label."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class InviteForm(forms.Form):
    """Who is invited to what."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Organization"),
        required=False,
        empty_label=_("No organization"),
        help_text=_(
            "For which brand, supplier or inspection firm this person acts. Leave empty for people of the program itself."
        ),
    )
    new_organization = forms.CharField(
        label=_("Or the name of a new organization"), required=False, max_length=300
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the organizations this program knows. Made inside a program scope."""
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_of_program()


class ColleagueForm(forms.Form):
    """Who is invited to act for one's own organization."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        """`roles` are those that may be given."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]


class RoleForm(forms.Form):
    """Another role on the same side of the program."""

    role = forms.ChoiceField(label=_("New role"))

    def __init__(self, *args: Any, now: Role, **kwargs: Any) -> None:
        """`now` is the role held at present."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.value, role.label) for role in Role if AUDIENCE_OF[role] == AUDIENCE_OF[now] and role != now
        ]


class HandoverForm(forms.Form):
    """What becomes of the work of somebody who leaves."""

    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Access ends when this day is over. Leave it empty to end it at once."),
    )
    handover = forms.CharField(
        label=_("Handover note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Who takes over which work, and from when. It is kept in the history; write nothing about a case."
        ),
    )


class NewPersonForm(forms.Form):
    """Name and password of somebody who accepts an invitation and has no account yet."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. A few words that nobody would guess are easier to remember than signs."
        ),
    )


class ProfileForm(forms.ModelForm):
    """How a person is called and how pages look to her."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As my browser says")), *settings.LANGUAGES]
    )

    class Meta:
        model = Person
        fields = ["name", "language", "theme", "single_keys"]
        help_texts = {
            "single_keys": _(
                "Letters alone act on list pages. Turn this off if you speak to your computer or use switches."
            )
        }
