"""What `make run` and `make test` need from the machine besides Python: libraries, fonts, tools, a browser.

Everything is looked for first. What is missing is installed by apt-get where we are root on Debian or Ubuntu;
elsewhere one sentence says what to install. Standard library only.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SYSTEM_TOOLS = (
    "/usr/local/sbin:/usr/sbin:/sbin"  # nginx and pgbouncer live here; ordinary users lack it on their PATH
)
LEAN_BROWSER = "chromium-headless-shell"  # the same engine without windows and toolbars, which take a third of a test's time
BROWSERS = (LEAN_BROWSER, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
DOWNLOAD_SECONDS = 600
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1")


@dataclass(frozen=True)
class Need:
    """Something the machine must have: what for, how we see that it is there, the Debian packages that bring it."""

    purpose: str
    is_met: Callable[[], bool]
    packages: tuple[str, ...]


def has_pango() -> bool:
    """True if WeasyPrint will find its libraries."""
    return sys.platform != "linux" or all(loads(name) for name in PANGO)


def has_fonts() -> bool:
    """True if fonts for all scripts of our languages are there."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    return sys.platform != "linux" or any(next(folder.rglob("NotoSans-Regular*"), None) for folder in folders)


def has_program(name: str) -> Callable[[], bool]:
    """A test for a program on the PATH or in the system's own folders."""
    return lambda: shutil.which(name, path=full_path()) is not None


PDF = Need("PDF documents", has_pango, ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"))
FONTS = Need("readable PDFs and screenshots in every script", has_fonts, ("fonts-noto-core",))
GETTEXT = Need("collecting translations", has_program("xgettext"), ("gettext",))
NGINX = Need("the tests of the published registry", has_program("nginx"), ("nginx-light",))
PGBOUNCER = Need("the tests behind a connection pooler", has_program("pgbouncer"), ("pgbouncer",))
FOR_RUN = (PDF, FONTS)
FOR_TEST = (PDF, FONTS, GETTEXT, NGINX, PGBOUNCER)


def provide(needs: Iterable[Need]) -> list[str]:
    """Install what is missing where we may; sentences for what is still missing afterwards."""
    missing = [need for need in needs if not need.is_met()]
    if missing and can_install():
        apt_install([package for need in missing for package in need.packages])
        missing = [need for need in missing if not need.is_met()]
    return [
        f"For {need.purpose}, install {' '.join(need.packages)} {how_to_install(need.packages)}."
        for need in missing
    ]


def find_chromium() -> str:
    """Path of a Chromium that starts, or nothing: CHROMIUM, Debian's (the lean one first), Chrome, Playwright's own."""
    named = [os.environ.get("WSR_CHROMIUM"), os.environ.get("CHROMIUM")]
    found = [shutil.which(name, path=full_path()) for name in BROWSERS]
    return next(
        (path for path in [*named, *found, MAC_BROWSER, *playwright_browsers()] if path and starts(path)), ""
    )


def provide_chromium() -> str:
    """A Chromium, obtained if there is none: by apt-get as root, which also brings the lean one, else by Playwright. Nothing if neither works."""
    if can_install() and not has_program(LEAN_BROWSER)() and "CHROMIUM" not in os.environ:
        apt_install([LEAN_BROWSER])
    found = find_chromium()
    if not found:
        quietly([sys.executable, "-m", "playwright", "install", "chromium"])
        found = find_chromium()
    if not found and can_install():
        apt_install(["chromium"])  # where there is no lean one
        found = find_chromium()
    return found


def full_path() -> str:
    """PATH with the folders of system tools added."""
    return f"{os.environ.get('PATH', '')}:{SYSTEM_TOOLS}"


def playwright_browsers() -> Iterator[str]:
    """Browsers that Playwright downloaded earlier, newest first."""
    caches = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
    folders = (
        [Path(os.environ["PLAYWRIGHT_BROWSERS_PATH"])]
        if os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
        else caches
    )
    for folder in folders:
        for pattern in ("chromium-*/*/chrome", "chromium-*/*/*.app/Contents/MacOS/*"):
            yield from (str(path) for path in sorted(folder.glob(pattern), reverse=True))


def starts(program: str) -> bool:
    """True if the program answers --version; a browser without its libraries does not."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def loads(library: str) -> bool:
    """True if the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def can_install() -> bool:
    """True as root on a machine with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def how_to_install(packages: Iterable[str]) -> str:
    """The command for a person, as far as we know it."""
    known = shutil.which("apt-get") is not None
    return (
        f"(sudo apt-get install {' '.join(packages)})"
        if known
        else "(Debian's names) by your system's package manager"
    )


def apt_install(packages: list[str]) -> None:
    """Install Debian packages without starting their services; the caller looks whether it worked."""
    print(f"· Debian packages: {' '.join(packages)}", flush=True)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    with no_service_starts():
        if quietly(install):
            quietly(["apt-get", "update"])
            quietly(install)


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Debian's own switch against starting a packaged nginx or pgbouncer on this machine."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def quietly(command: list[str]) -> int:
    """Run without output; the exit code, or 1 if it could not run or took too long."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 1
