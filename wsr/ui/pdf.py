"""HTML to PDF for what people sign, send and keep: tagged (PDF/UA), from our own files alone, the same bytes for the same input."""

import atexit
import hashlib
import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

# Every step of every document would be logged otherwise, and fonts would carry the time at which they were embedded.
for _name in ("weasyprint.progress", "fontTools"):
    logging.getLogger(_name).setLevel(logging.WARNING)
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
STYLE = Path(__file__).parent / "document.css"


@dataclass(frozen=True)
class Enclosure:
    """A file inside the PDF. `at`: when it was made, timezone-aware."""

    name: str
    content: bytes
    description: str
    at: datetime


def render(html: str, *, enclosures: Iterable[Enclosure] = ()) -> bytes:
    """The PDF of a whole HTML document with `lang`, a title and `dcterms.created`; styles come from `document.css` beside this file.

    Nothing is fetched from anywhere: images stand in the HTML as data, fonts are the vendored ones. Equal input gives equal bytes
    with the same fonts and libraries.
    """
    import weasyprint  # noqa: PLC0415 -- loads pango; only processes that make documents need it

    enclosures = list(enclosures)
    attachments = [
        weasyprint.Attachment(
            string=enclosed.content,
            name=enclosed.name,
            description=enclosed.description,
            created=enclosed.at,
            modified=enclosed.at,
            relationship="Source",
        )
        for enclosed in enclosures
    ]
    digest = hashlib.sha256(html.encode())
    for enclosed in enclosures:
        digest.update(enclosed.content)
    with _one_at_a_time:
        fetcher, fonts, style = _set_up()
        return weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[style],
            font_config=fonts,
            attachments=attachments or None,
            pdf_variant="pdf/ua-1",
            pdf_identifier=digest.digest()[:16],
            custom_metadata=False,
        )


_one_at_a_time = threading.Lock()


@cache
def _set_up() -> tuple[Any, Any, Any]:
    """What fetches, the fonts and the styles, made ready once per process."""
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fetcher, fonts = _fetcher(), FontConfiguration()
    return fetcher, fonts, weasyprint.CSS(string=STYLE.read_text(), url_fetcher=fetcher, font_config=fonts)


atexit.register(_set_up.cache_clear)  # fonts go while the libraries that free them are still there


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFilesOnly(URLFetcher):
        """`static:///…` from our static files, and data in the document itself."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url.startswith("static:///"):
                return URLFetcherResponse(url, _static(url.removeprefix("static:///")).read_bytes())
            raise ValueError("Documents load nothing from elsewhere.")

    return OwnFilesOnly(allowed_protocols=["data", "static"])


def _static(name: str) -> Path:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return Path(path)
