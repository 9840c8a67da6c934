"""The cache: Valkey, and the memory of this process while Valkey is away.

What is counted there – tries to sign in above all – goes on being counted without it, by each web process for itself: with four
processes a guesser has at most four times the tries, and a new start of the count. The log says when it begins and when it is over.
"""

import logging
import re
import time
from collections.abc import Callable
from itertools import batched
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

logger = logging.getLogger(__name__)

AWAY_SECONDS = 5.0  # so long nobody waits for a server that just failed to answer
MAX_ENTRIES = 50_000
TIMEOUTS = {"socket_connect_timeout": 1, "socket_timeout": 2, "retry": Retry(NoBackoff(), 1)}


class OwnKeysCache(RedisCache):
    """Django's cache on a Valkey that keeps other things, too: the queue of the workers, and the caches of other tests."""

    def clear(self) -> bool:
        """Forget what this cache keeps under its prefix; Django's own would empty the whole server."""
        server = self._cache.get_client(None, write=True)
        own = re.sub(r"[\\*?\[\]]", r"\\\g<0>", self.make_key(""))  # a prefix is no pattern
        for keys in batched(server.scan_iter(match=f"{own}*", count=1000), 1000, strict=False):
            server.unlink(*keys)
        return True


class SurvivingCache(OwnKeysCache):
    """Every call goes to Valkey; one that it does not answer goes to memory, as do all others of the next five seconds."""

    _away_until = 0.0  # of all instances in this process; monotonic seconds

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """`params` as in CACHES; the timeouts are short, because a person waits."""
        options = {**TIMEOUTS, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        memory = {name: value for name, value in params.items() if name != "OPTIONS"}
        self._memory = LocMemCache(
            "while valkey is away", {**memory, "OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES}}
        )

    def ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call one method of Valkey's cache, or of the memory."""
        self._memory.key_prefix = self.key_prefix
        if time.monotonic() >= SurvivingCache._away_until:
            call: Callable[..., Any] = getattr(super(), name)
            try:
                answer = call(*args, **kwargs)
            except (NoConnection, NoAnswer):
                if not SurvivingCache._away_until:
                    logger.warning("cache away, counting in the memory of this process")
                SurvivingCache._away_until = time.monotonic() + AWAY_SECONDS
            else:
                if SurvivingCache._away_until:
                    SurvivingCache._away_until = 0.0
                    logger.warning("cache is back")
                return answer
        return getattr(self._memory, name)(*args, **kwargs)


def _surviving(name: str) -> Callable[..., Any]:
    def either(self: SurvivingCache, *args: Any, **kwargs: Any) -> Any:
        return self.ask(name, *args, **kwargs)

    either.__name__ = name
    either.__doc__ = f"`{name}` of Django's cache."
    return either


for _name in (  # what the others of Django's cache (decr, get_or_set, …) are made of
    "add", "get", "set", "touch", "delete", "has_key", "incr", "get_many", "set_many", "delete_many", "clear",
):  # fmt: skip
    setattr(SurvivingCache, _name, _surviving(_name))


def count_up(key: str, seconds: int) -> int:
    """One more under a key that lasts for `seconds` from the first; the count from one where the cache was lost, or came back, in between."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:
        return 1 if cache.add(key, 1, seconds) else cache.incr(key)
