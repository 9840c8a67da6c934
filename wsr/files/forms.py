"""Form fields for files. What a file is and whether it is taken is seen when it is kept, by `wsr.files.operations.take_in`."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import ngettext

from wsr.files.operations import too_large
from wsr.files.uploads import was_too_large

MOST = 10


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned to a list. A sentence per file that is empty or has no name."""

    widget = ManyFiles

    def __init__(self, *, most: int = MOST, **kwargs: Any) -> None:
        """`most`: how many at once."""
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file that was sent. Raises ValidationError."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(sent) > self.most:
            raise forms.ValidationError(
                ngettext("Send at most %(most)d file.", "Send at most %(most)d files at once.", self.most)
                % {"most": self.most}
            )
        taken, problems = [], []
        for file in sent:
            try:
                taken.append(super().clean(file, initial))
            except forms.ValidationError as error:
                problems.append(f"{file.name}: {' '.join(error.messages)}")
        if problems:
            raise forms.ValidationError(problems)
        return taken


def bound_with_files(form: type[forms.BaseForm], request: HttpRequest, field: str, **kwargs: Any) -> Any:
    """The form, filled with what was sent where something was sent; with a sentence at `field` where a file was dropped for its size."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    made = form(*sent, **kwargs)
    if made.is_bound and was_too_large(request):
        made.errors.pop(field, None)
        made.add_error(field, str(too_large()))
    return made
