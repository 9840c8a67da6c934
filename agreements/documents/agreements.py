"""The documents of an agreement: the text that is signed, and the same with its certificate page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agreements.clauses.wording import definitions, parameters_of
from agreements.enums import Side
from agreements.models import AgreementVersion, Clause, Party, Signature
from wsr.tenancy.models import Program
from wsr.ui import pdf
from wsr.ui.qr import as_image


@dataclass(frozen=True)
class Signed:
    """One signature as the certificate says it."""

    party: str
    side: str
    name: str
    title: str
    at: str
    method: str
    sha256: str


def text_pdf(version: AgreementVersion, *, at: datetime, is_draft: bool = False) -> bytes:
    """The text that is signed, as PDF. `at`: when it is proposed; it stands in the document, timezone-aware.

    With `is_draft` each page says that it is a draft.
    """
    return _render(version, {"proposed_at": at, "is_draft": is_draft}, at=at)


def complete_pdf(
    version: AgreementVersion, text: bytes, signatures: Sequence[Signature], *, at: datetime
) -> bytes:
    """Text, certificate page, and the signed bytes themselves as an enclosure. `at`: when the last party signed."""
    verify_url = settings.BASE_URL + reverse("registry:verify_document")
    certificate = {
        "sha256": version.text_sha256,
        "completed_at": _utc(at),
        "signatures": [_signed(signature) for signature in signatures],
        "verify_url": verify_url,
        "qr": as_image(f"{verify_url}?sha256={version.text_sha256}"),
        "enclosed": _file_name(version),
    }
    enclosed = pdf.Enclosure(_file_name(version), text, "The text that was signed", version.proposed_at or at)
    return _render(
        version,
        {"proposed_at": version.proposed_at, "certificate": certificate},
        at=at,
        enclosures=[enclosed],
    )


def file_name(version: AgreementVersion, *, complete: bool) -> str:
    """What a downloaded document is called. Names nobody."""
    return _file_name(version).replace(".pdf", "-complete.pdf") if complete else _file_name(version)


def _file_name(version: AgreementVersion) -> str:
    return f"agreement-{version.agreement.number}-version-{version.number}.pdf"


def _render(
    version: AgreementVersion,
    context: dict[str, Any],
    *,
    at: datetime,
    enclosures: Sequence[pdf.Enclosure] = (),
) -> bytes:
    """In the language of the program, whoever asks."""
    agreement = version.agreement
    program = Program.objects.get(pk=agreement.program_id)
    with translation.override(program.language):
        html = render_to_string(
            "agreements/document.html",
            {
                **context,
                "program": program,
                "agreement": agreement,
                "version": version,
                "parent": agreement.parent,
                "parties": [(Side(party.side).label, party) for party in parties_of(version)],
                "clauses": [
                    {"clause": clause, "said": parameters_of(clause), "words": definitions(clause)}
                    for clause in clauses_of(version)
                ],
                "created": at.astimezone(UTC).isoformat(timespec="seconds"),
                "language": program.language,
            },
        )
    return pdf.render(html, enclosures=enclosures)


def parties_of(version: AgreementVersion) -> list[Party]:
    """In the order of the document."""
    return list(version.agreement.parties.order_by("position", "pk"))


def clauses_of(version: AgreementVersion) -> list[Clause]:
    """In the order of the document."""
    return list(version.clauses.order_by("position", "pk"))


def _signed(signature: Signature) -> Signed:
    return Signed(
        party=signature.party.name,
        side=str(Side(signature.party.side).label),
        name=signature.name,
        title=signature.title,
        at=_utc(signature.signed_at),
        method=signature.get_method_display(),
        sha256=signature.sha256,
    )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
