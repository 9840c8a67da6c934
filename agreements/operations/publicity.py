"""What anyone may learn of a document by its hash, written anew after each act."""

from datetime import datetime

from agreements.enums import VersionState
from agreements.models import AgreementVersion, DocumentKind, PublicDocument
from programs.queries import today

# Names stand in the public record from the day an agreement takes effect; see `disclosure.py`.
PUBLIC_FROM = (VersionState.IN_FORCE, VersionState.AMENDED, VersionState.ENDED)


def show(version: AgreementVersion, *, at: datetime) -> None:
    """Write what the verification page says of the version's documents. The caller holds the version's lock."""
    is_public = version.state in PUBLIC_FROM
    parties = list(version.agreement.parties.filter(signs=True).order_by("position", "pk"))
    days = {
        f"{name}_on": today(when) if (when := getattr(version, f"{name}_at")) else None
        for name in ("proposed", "signed", "in_force", "ended")
    }
    said = {
        "number": version.agreement.number,
        "version_number": version.number,
        "state": version.state,
        "sides": [party.side for party in parties],
        "title": version.agreement.title if is_public else "",
        "parties": [{"side": party.side, "name": party.name} for party in parties] if is_public else [],
        **days,
    }
    for kind, sha256 in (
        (DocumentKind.TEXT, version.text_sha256),
        (DocumentKind.COMPLETE, version.complete_sha256),
    ):
        if sha256:
            PublicDocument.objects.update_or_create(
                version=version, kind=kind, defaults={**said, "sha256": sha256}
            )
