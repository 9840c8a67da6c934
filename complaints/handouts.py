"""What this room says on cards and sheets that workers are handed: the words of its own first page, in all their languages."""

from collections.abc import Iterator

from babel import Locale
from django.conf import settings
from django.urls import reverse

from complaints.gates import ALSO
from complaints.queries import texts
from programs.documents.education import Words
from wsr.languages import LANGUAGES
from wsr.tenancy.models import Program


def words(program: Program) -> Iterator[Words]:
    """One for each language; the address opens the program's page for workers in it."""
    page = settings.BASE_URL + reverse("complaints:report", args=[program.slug])
    english = Locale("en").languages
    for language in LANGUAGES:
        said = texts.all_of(program, language.code)
        names = {language.code, language.own_name.casefold(), english[language.code].casefold()}
        names |= {name for name, code in ALSO.items() if code == language.code}
        yield Words(
            code=language.code,
            own_name=language.own_name,
            direction=language.direction,
            title=said["first_title"],
            safe=said["first_safe"],
            address=f"{page}?lang={language.code}",
            names=frozenset(names),
        )


HANDOUTS = [words]
