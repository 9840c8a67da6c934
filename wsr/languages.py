"""The languages of pages for workers and for the public. Those of the staff are `settings.LANGUAGES`; these pages speak more.

A public page knows nobody: its language is that of `?lang=`, which its links keep, so the same address is the same page for everyone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header


@dataclass(frozen=True)
class Language:
    """One language, named in its own words. `reviewed_by_speaker`: somebody who grew up with it has read every text aloud and agreed.

    Until then its texts were translated with the help of a machine; staff are told so, on the page of texts. Workers are not.
    """

    code: str
    own_name: str
    reviewed_by_speaker: bool = False

    @property
    def direction(self) -> str:
        """For the attribute `dir`."""
        return "rtl" if self.code in settings.LANGUAGES_BIDI else "ltr"


LANGUAGES = (
    Language("en", "English", reviewed_by_speaker=True),  # the language they were written in
    Language("es", "Español"),
    Language("ht", "Kreyòl ayisyen"),
    Language("bn", "বাংলা"),
    Language("ur", "اردو"),
)
CODES = tuple(language.code for language in LANGUAGES)
BY_CODE = {language.code: language for language in LANGUAGES}

_asked_beside: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("_asked_beside", default=())


@dataclass(frozen=True)
class LanguageLink:
    """The way to the same page in a language."""

    language: Language
    url: str
    is_current: bool


def nearest(code: str) -> str:
    """The language of these pages that a language tag asks for, `es` for `es-MX`; empty where there is none."""
    short = code.lower().partition("-")[0]
    return short if short in BY_CODE else ""


def asked(request: HttpRequest) -> str:
    """The language of `?lang=`; empty where there is none such. Reads nothing of what was posted."""
    code = request.GET.get("lang", "")
    return code if code in BY_CODE else ""


def pressed(request: HttpRequest) -> str:
    """The language that a form carries, or that of `?lang=`; empty where there is none such."""
    code = request.POST.get("lang", "")
    return code if code in BY_CODE else asked(request)


def accepted(request: HttpRequest) -> str:
    """The first language of the browser that there is; English where there is none."""
    said = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return next(filter(None, (nearest(code) for code, _weight in said)), settings.LANGUAGE_CODE)


def guessed(request: HttpRequest) -> str:
    """For pages that anybody meets, the first one and errors: the language asked for, the one chosen before, or that of the browser."""
    has_chosen = {settings.LANGUAGE_COOKIE_NAME, settings.SESSION_COOKIE_NAME} & request.COOKIES.keys()
    return asked(request) or (translation.get_language() if has_chosen else "") or accepted(request)


@contextmanager
def speaking(request: HttpRequest, language: str = "") -> Iterator[str]:
    """Make a public page in this language, or in that of `?lang=`; English where nothing is asked for.

    What else the address asks is kept for `links`.
    """
    code = language or asked(request) or settings.LANGUAGE_CODE
    beside = tuple((key, value) for key, values in request.GET.lists() if key != "lang" for value in values)
    token = _asked_beside.set(beside)
    try:
        with translation.override(code):
            yield code
    finally:
        _asked_beside.reset(token)


def links() -> list[LanguageLink]:
    """The page that is being made, in every language; published files link to themselves with nothing else asked."""
    current, beside = translation.get_language(), _asked_beside.get()
    return [
        LanguageLink(one, f"?{urlencode([*beside, ('lang', one.code)])}", one.code == current)
        for one in LANGUAGES
    ]
