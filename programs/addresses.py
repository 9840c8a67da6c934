"""E-mail addresses of endorsers: never in clear in the database. Sealed for the one who writes the mails, and found by a keyed digest.

Both keys are derived from the vault's pepper, each for this purpose alone, so whoever has the database without the pepper can neither
read an address nor try one out. They belong to no case and no program; erasing the row erases the address.
"""

import hashlib
import hmac
from uuid import UUID

from wsr.vault.envelope import Place, close, open_envelope
from wsr.vault.keys import derived

NO_PROGRAM = UUID(int=0)  # what belongs to the installation and to none of its programs


def plain(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


def digest(email: str) -> bytes:
    """The digest that an address is found by, 32 bytes."""
    return hmac.new(derived("endorsers' addresses, found"), plain(email).encode(), hashlib.sha256).digest()


def seal(endorsement_id: UUID, email: str) -> bytes:
    """The address of one endorsement, encrypted and bound to its row."""
    return close(_key(), NO_PROGRAM, _place(endorsement_id), plain(email).encode())


def unseal(endorsement_id: UUID, sealed: bytes | memoryview) -> str:
    """The address. Raises DoesNotOpen for anything but what `seal` made for this endorsement."""
    return open_envelope(_key(), NO_PROGRAM, _place(endorsement_id), sealed).decode()


def domain_shown(email: str, website: str) -> str:
    """The domain of an address where it is that of the website, or below it; else nothing.

    So an organization is shown to have confirmed from its own domain, and a website at somebody else's says nothing.
    """
    at = plain(email).rpartition("@")[2]
    host = _host(website)
    return at if host and "." in host and (at == host or at.endswith(f".{host}")) else ""


def _host(website: str) -> str:
    rest = website.partition("://")[2] or website
    host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    return host.removeprefix("www.")


def _key() -> bytes:
    return derived("endorsers' addresses, sealed")


def _place(endorsement_id: UUID) -> Place:
    return Place("programs_endorseraddress", "sealed", endorsement_id)
