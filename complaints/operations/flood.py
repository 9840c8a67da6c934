"""Telling a flood from people who share a network, without ever refusing a complaint.

What one network sends beyond FREE in an hour is taken in like all else and set aside, until somebody has looked. Workers of one factory share an
address, and so do all customers of some carriers: nobody is turned away for it, and no intake is ever closed. Where it costs the server most, a
flood never has every turn (`wsr.vault.secrets.hash_secret`): whoever sends from it may have to press again, and nobody else has to.
"""

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from wsr.cache import count_up

FREE = 30  # complaints of one network (/24, /48) in an hour: a whole shift may report the same accident
SECONDS = 3600


def is_flooding(network: str, *, free: int | None = None) -> bool:
    """Whether this network has sent its free ones of the hour, FREE where None; `network` as of `wsr.vault.throttle.network_of`.

    Asking counts nothing.
    """
    return (cache.get(_key(network)) or 0) >= (FREE if free is None else free)


def note(network: str) -> None:
    """One more complaint of this network. The cache holds a keyed digest of the network for an hour and nothing else."""
    count_up(_key(network), SECONDS)


def _key(network: str) -> str:
    return f"report:{salted_hmac('complaints.flood', network, algorithm='sha256').hexdigest()[:32]}"
