"""Two people change the same thing: the second sees both versions, keeps what she typed, and decides."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from audits.operations.records import Invalid
from audits.operations.states import Stale
from wsr.errors import DomainError


class Conflict:
    """What stands now, beside what was typed. Empty until an operation refused a version."""

    def __init__(self, form: forms.Form, fields: Iterable[str]) -> None:
        """`fields`: names of the form's fields that the row has as well."""
        self.form = form
        self.fields = list(fields)
        self.current: Any = None

    def watch(self, act: Callable[..., Any], **arguments: Any) -> Any:
        """Call the operation. What it says about one field goes to that field; a version that is old shows the one that stands."""
        try:
            return act(**arguments)
        except Invalid as error:
            if error.field in self.form.fields:
                self.form.add_error(error.field, str(error))
                raise DomainError(_("Look at the field that is marked.")) from error
            raise
        except Stale as error:
            self.current = error.current
            self.form.data = self.form.data.copy()
            self.form.data["if_version"] = str(error.current.version)
            raise

    @property
    def rows(self) -> list[tuple[str, str]]:
        """(label, what stands) of every field that differs from what was typed."""
        found = []
        for name in self.fields:
            if name in self.form.fields:
                stands = self._in_words(name, getattr(self.current, name))
                if stands != self._in_words(name, self.form.cleaned_data.get(name)):
                    found.append((str(self.form.fields[name].label), stands or "–"))
        return found

    def _in_words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(value, choices.get(str(value), "" if value is None else value)))
