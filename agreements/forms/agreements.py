"""What people type about an agreement, its parties and its end. Forms clean input; they never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements import blueprints
from agreements.enums import Side
from agreements.models import Agreement
from agreements.queries import agreements as queries
from programs.forms import CountryField, DayField

_LONG = forms.Textarea(attrs={"rows": 4})


class StartForm(forms.Form):
    """From what a new agreement starts."""

    source = forms.ChoiceField(label=_("Start from"))
    title = forms.CharField(label=_("Title"), max_length=300, help_text=_("As it stands on the first page."))
    parent = forms.ModelChoiceField(
        label=_("Annex of"),
        queryset=None,
        required=False,
        help_text=_("For an annex: the agreement it belongs to."),
    )
    country = CountryField(label=_("Country"), required=False, help_text=_("For an annex: where it applies."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Templates first, then the program's own agreements."""
        super().__init__(*args, **kwargs)
        own = [(f"agreement:{found.pk}", str(found)) for found in Agreement.objects.order_by("-number", "pk")]
        templates = [(f"template:{found.key}", found.name) for found in blueprints.templates().values()]
        self.fields["source"].choices = [(_("Templates"), templates), (_("Agreements of this program"), own)]
        self.fields["parent"].queryset = Agreement.objects.filter(parent=None).order_by("-number", "pk")


class DraftForm(forms.Form):
    """What stands around the clauses."""

    title = forms.CharField(label=_("Title"), max_length=300)
    preamble = forms.CharField(label=_("Preamble"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    governing_law = forms.CharField(label=_("Governing law"), required=False, max_length=300)
    starts_on = DayField(
        label=_("Takes effect"),
        required=False,
        help_text=_("Empty: on the day the last party signs. It never takes effect before that."),
    )
    ends_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: as the clause on the term says, or without an agreed end."),
    )
    change_note = forms.CharField(
        label=_("What changes, and why"),
        required=False,
        widget=_LONG,
        help_text=_("The other parties read this."),
    )
    is_text_public = forms.BooleanField(label=_("The parties make the whole text public"), required=False)


class PartyForm(forms.Form):
    """Who becomes a party."""

    participation = forms.ModelChoiceField(label=_("Organization"), queryset=None)
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices)
    signs = forms.BooleanField(label=_("Signs the agreement"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whoever takes part now."""
        super().__init__(*args, **kwargs)
        self.fields["participation"].queryset = queries.candidates()


class AmendForm(forms.Form):
    """Why an agreement in force is changed."""

    change_note = forms.CharField(
        label=_("What changes, and why"), widget=_LONG, help_text=_("The other parties read this.")
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=_LONG, help_text=_("It stays on record."))


class DeclineForm(forms.Form):
    """Why a party does not sign."""

    reason = forms.CharField(
        label=_("Reason"), widget=_LONG, help_text=_("The program reads it and can change the text.")
    )


class EndForm(forms.Form):
    """Notice of an end."""

    ends_on = DayField(label=_("Last day"), help_text=_("The agreement holds up to and on this day."))
    reason = forms.CharField(label=_("Reason"), widget=_LONG, help_text=_("The parties read it."))


class SignForm(forms.Form):
    """A signature. `sha256` is of the text that is before the signer."""

    party = forms.ChoiceField(label=_("Sign for"))
    name = forms.CharField(label=_("Your full name"), max_length=200)
    title = forms.CharField(label=_("Your title or office"), max_length=200)
    has_read = forms.BooleanField(label=_("I have read this text, and I may sign it for this party"))
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, parties: list[Any], **kwargs: Any) -> None:
        """`parties`: those she may sign for."""
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(str(party.pk), party.name) for party in parties]
        if len(parties) == 1:
            self.fields["party"].initial = str(parties[0].pk)
