"""What a person says about a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wsr.imports import queries
from wsr.imports.models import Batch
from wsr.imports.reading.countries import choices
from wsr.imports.targets import Target, targets

_ENCODINGS = [
    ("", _("As detected")), ("utf-8", "UTF-8"), ("cp1252", _("Western European (Windows-1252)")), ("cp1250", _("Central European (Windows-1250)")),
    ("cp1254", _("Turkish (Windows-1254)")), ("cp1251", _("Cyrillic (Windows-1251)")), ("cp1258", _("Vietnamese (Windows-1258)")),
    ("gb18030", _("Chinese (GB 18030)")), ("big5", _("Chinese (Big5)")), ("cp932", _("Japanese (Shift JIS)")), ("cp949", _("Korean (CP949)")),
]  # fmt: skip


class UploadForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel, as you got it. Title rows, totals and odd letters are fine."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Check that it was saved, then upload it again."),
        },
    )


class ReadForm(forms.Form):
    """How the file is to be read, where detection was wrong."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Letters"), required=False, choices=_ENCODINGS)

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        """Sheets of the file; encodings only for text."""
        super().__init__(*args, **kwargs)
        sheets = batch.reading.get("sheets", [])
        self.fields["sheet"].choices = [(name, name) for name in sheets]
        self.initial |= {"sheet": batch.sheet, "encoding": batch.encoding}
        if len(sheets) < 2:
            del self.fields["sheet"]
        if batch.reading.get("kind") != "csv":
            del self.fields["encoding"]


class TargetForm(forms.Form):
    """What is in the file."""

    target = forms.ChoiceField(label=_("What is in the file"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The kinds of list this installation knows."""
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [(target.key, target.label) for target in targets().values()]


class MapForm(forms.Form):
    """The name of the list, a meaning for each column, and values for the whole file."""

    source = forms.CharField(
        label=_("Name of the list"),
        max_length=120,
        help_text=_("The next file of this name is compared with this one."),
    )

    def __init__(
        self, *args: Any, batch: Batch, target: Target, columns: dict[str, str], **kwargs: Any
    ) -> None:
        """`columns`: the guess, {column name: field key}."""
        super().__init__(*args, **kwargs)
        self._target = target
        self._names = [name for name in batch.reading["columns"] if name not in batch.reading["persons"]]
        self.fields["source"].initial = batch.source
        meanings = [("", _("Left out")), *((one.key, one.label) for one in target.fields)]
        for place, name in enumerate(self._names):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name, choices=meanings, required=False, initial=columns.get(name, "")
            )
        for one in target.fields:
            if one.default:
                self.fields[f"default_{one.key}"] = self._default(one, batch)
        for question in target.questions:
            suggested, why = question.suggest()
            said = batch.defaults.get(question.key) or queries.last_answer(target.key, question.key)
            self.fields[f"default_{question.key}"] = forms.ChoiceField(
                label=question.label,
                choices=question.options,
                widget=forms.RadioSelect,
                initial=said or suggested,
                help_text=why,
            )

    def columns(self) -> list[tuple[str, forms.BoundField]]:
        """(column name, its field), for the table."""
        return [(name, self[f"column_{place}"]) for place, name in enumerate(self._names)]

    def defaults(self) -> list[forms.BoundField]:
        """The fields for the whole file."""
        return [self[name] for name in self.fields if name.startswith("default_")]

    def said(self) -> dict[str, Any]:
        """What `operations.map_columns` wants."""
        data = self.cleaned_data
        return {
            "target": self._target.key,
            "source": data["source"],
            "columns": {
                name: data[f"column_{place}"]
                for place, name in enumerate(self._names)
                if data[f"column_{place}"]
            },
            "defaults": {
                name.removeprefix("default_"): value
                for name, value in data.items()
                if name.startswith("default_") and value
            },
        }

    @staticmethod
    def _default(one: Any, batch: Batch) -> forms.Field:
        label = _("%(field)s for the whole file") % {"field": one.label}
        said = {
            "label": label,
            "required": False,
            "help_text": one.help,
            "initial": batch.defaults.get(one.key, ""),
        }
        if one.choices == "countries":
            return forms.ChoiceField(choices=[("", _("As each row says")), *choices()], **said)
        return forms.CharField(max_length=300, **said)
