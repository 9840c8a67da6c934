"""Whom the acts of this room tell."""

from datetime import datetime

from agreements.enums import Side
from agreements.models import AgreementVersion
from wsr.accounts.grants import Permission
from wsr.notices.operations import tell_role


def tell_parties(kind: str, version: AgreementVersion, *, at: datetime) -> None:
    """Tell everyone of each outside party who may read agreements, once per kind and version."""
    parties = version.agreement.parties.filter(side__in=[Side.BRAND, Side.SUPPLIER, Side.WITNESS])
    for party in parties.select_related("participation"):
        if party.participation.organization_id:
            tell_role(
                kind=kind,
                key=f"{kind}:{version.pk}:{party.pk}",
                permission=Permission.AGREEMENT_READ,
                organization_id=party.participation.organization_id,
                at=at,
                context=_context(version),
            )


def tell_program(kind: str, version: AgreementVersion, *, key: str, at: datetime) -> None:
    """Tell those who write the program's agreements."""
    tell_role(kind=kind, key=key, permission=Permission.AGREEMENT_CHANGE, at=at, context=_context(version))


def _context(version: AgreementVersion) -> dict[str, object]:
    return {"agreement": str(version.agreement_id), "version": str(version.pk)}
