"""The small process: `python -m wsr.files.cleaning SOURCE TARGET LIMITS`. Prints JSON with what was found or why it is refused.

It gives itself bounds of memory, computing time and output before it opens anything, and holds no key, no password and no connection.
"""

import json
import resource
import sys
from importlib import import_module
from pathlib import Path

from wsr.files.cleaning.kinds import KINDS, kind_of
from wsr.files.cleaning.refusals import Refused


def main(source: Path, target: Path, limits: dict[str, int]) -> dict[str, object]:
    """What the file is and the copy made of it, or {"refused": code, …}."""
    try:
        kind = kind_of(source)
        cleaner = import_module(f"wsr.files.cleaning.{KINDS[kind].cleaner}")
        kind, place = cleaner.clean(kind, source, target, limits)
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        return {"refused": "too_costly", "facts": {}}
    return {"kind": kind, "place": place}


def bound(limits: dict[str, int]) -> None:
    """From here on this process cannot take more. `memory` in bytes of address space, `seconds` of computing, `output` in bytes."""
    for name, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _soft, hard = resource.getrlimit(name)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (allowed, allowed))


if __name__ == "__main__":
    _limits = json.loads(sys.argv[3])
    bound(_limits)
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), _limits)))
