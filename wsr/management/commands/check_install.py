"""What an operator still has to do, one sentence each. Never prints a secret."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from wsr import machine
from wsr.deadlines.queries import unswept
from wsr.files import scanning
from wsr.history import signing
from wsr.notices.queries import undelivered
from wsr.notices.texts import gateways
from wsr.tenancy import catalog, engine_scope
from wsr.tenancy.models import Program
from wsr.vault import keys
from wsr.vault.models import ProgramKey

OLDEST_POSTGRES = 18
ROOM_BYTES = 2 * 1024**3
LOGINS = ("default", "public", "engine")


@dataclass(frozen=True)
class Finding:
    """One thing to do. An essential one keeps the installation from working safely."""

    sentence: str
    essential: bool = True


class Command(BaseCommand):
    help = "List what this installation still needs; exit code 1 if something essential is missing."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        findings = [finding for check in CHECKS for finding in check()]
        for finding in findings:
            self.stdout.write(f"{'Must' if finding.essential else 'Should'}: {finding.sentence}")
        if any(finding.essential for finding in findings):
            raise SystemExit(1)
        self.stdout.write("Nothing essential is missing.")


def check_databases() -> Iterator[Finding]:
    """Each login connects, to a new enough server, and may do nothing that goes around the fences."""
    for alias in LOGINS:
        if alias not in settings.DATABASES:
            yield Finding(f"Set {alias.upper()}_DATABASE_URL: the login of the alias {alias} is unknown.")
            continue
        try:
            yield from check_login(alias)
        except DatabaseError as error:
            user = settings.DATABASES[alias]["USER"]
            yield Finding(
                f"The login {user} cannot use the database ({first_line(error)}): check its URL, "
                "or run manage.py prepare_database with DATABASE_URL set."
            )


def check_login(alias: str) -> Iterator[Finding]:
    """Version of the server and rights of one login. Raises DatabaseError."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, rolname, rolsuper, rolbypassrls, rolcreaterole"
            " FROM pg_roles WHERE rolname = session_user"
        )
        version, user, *powers = cursor.fetchone()
    if version < OLDEST_POSTGRES:
        yield Finding(f"PostgreSQL {version} is too old: upgrade the server to {OLDEST_POSTGRES} or newer.")
    if any(powers):
        yield Finding(
            f"The login {user} is too powerful, row-level security cannot hold it: give the alias {alias} a login "
            "made by manage.py prepare_database."
        )


def check_fences() -> Iterator[Finding]:
    """Grants, policies and keys are what the apps declare."""
    try:
        found = catalog.differences("default")
    except DatabaseError:
        return  # said by check_databases
    for sentence in found:
        yield Finding(f"{sentence} Run manage.py migrate to repair the fences.")


def check_migrations() -> Iterator[Finding]:
    """All migrations are applied; only the owner can see that."""
    if "owner" not in settings.DATABASES:
        return
    try:
        executor = MigrationExecutor(connections["owner"])
    except DatabaseError as error:
        yield Finding(
            f"The migrations cannot be read ({first_line(error)}): run manage.py prepare_database, then migrate."
        )
        return
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(f"{len(plan)} migrations are not applied: run manage.py migrate.")


def check_valkey() -> Iterator[Finding]:
    """The broker answers."""
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5).ping()
    except (redis.RedisError, OSError) as error:
        kind = type(error).__name__
        yield Finding(
            f"Valkey does not answer ({kind}): start it and check REDIS_URL; until then work waits."
        )


def check_folders() -> Iterator[Finding]:
    """Uploads and publications can be written, and there is room."""
    for folder in (settings.FILES_DIR, settings.PUBLISHED_DIR, settings.VAULT_DIR):
        try:
            with tempfile.TemporaryFile(dir=nearest_existing(Path(folder))):
                pass
        except OSError:
            yield Finding(
                f"The folder {folder} cannot be written: give it to the user wsr runs as, or set WSR_DATA_DIR."
            )
    if shutil.disk_usage(nearest_existing(settings.DATA_DIR)).free < ROOM_BYTES:
        yield Finding(f"Less than 2 GB are free under {settings.DATA_DIR}: make room.", essential=False)
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield Finding("The static files are not collected: run manage.py collectstatic --no-input.")


def check_keys() -> Iterator[Finding]:
    """Secrets are strong, private and there."""
    if len(set(settings.SECRET_KEY)) < 16 or settings.SECRET_KEY.startswith("django-insecure"):
        yield Finding("WSR_SECRET_KEY is easy to guess: set 64 random characters.")
    key_files = [path for path in Path(settings.KEYS_DIR).glob("*") if path.is_file()]
    if not settings.SIGNING_KEY and not (settings.KEYS_DIR / signing.KEY_FILE).exists():
        yield Finding(
            "There is no signing key: run manage.py prepare_database, or set WSR_SIGNING_KEY; then back it up."
        )
    for path in key_files:
        if path.stat().st_mode & 0o077 and not path.name.endswith(".pub"):
            yield Finding(f"Others can read the key {path}: run chmod 600 on it.")


def check_vault() -> Iterator[Finding]:
    """The root key and the pepper are there, open every program's key, and no old root key is kept for nothing."""
    try:
        present = list(keys.root_keys())
        keys.derived("check")
    except ImproperlyConfigured as error:
        yield Finding(str(error))
        return
    try:
        with engine_scope():
            needed = set(ProgramKey.objects.filter(retired_at=None).values_list("root_key_id", flat=True))
    except (DatabaseError, KeyError):
        return  # said by check_databases
    if missing := needed - set(present):
        yield Finding(
            f"{len(missing)} root keys that programs need are not here: put the earlier one into WSR_VAULT_KEY_FALLBACKS, or into vault.key."
        )
    if needed & set(present[1:]):
        yield Finding("An old root key is still needed: run manage.py rotate_keys --root.", essential=False)
    elif len(present) > 1 and present[0] in needed:
        yield Finding(
            "Root keys are kept that nothing lies under: take out those that are not about to be used.",
            essential=False,
        )


def check_gateways() -> Iterator[Finding]:
    """Text messages leave, and what arrives finds its program."""
    try:
        connected = gateways.connected()
    except ImproperlyConfigured as error:
        yield Finding(str(error))
        return
    is_key = gateways.path().parent == settings.KEYS_DIR  # said by check_keys
    if connected and not is_key and gateways.path().stat().st_mode & 0o077:
        yield Finding(f"Others can read the secrets of the gateways: run chmod 600 {gateways.path()}.")
    try:
        there = set(Program.objects.values_list("slug", flat=True))
    except (DatabaseError, KeyError):
        return  # said by check_databases
    for gateway in connected:
        if gateway.program not in there:
            yield Finding(
                f"The gateway {gateway.name} is for the program {gateway.program}, which is not there."
            )
    without = there - {gateway.program for gateway in connected}
    if settings.SMS_SENDER.endswith("ConsoleSender") and without:
        yield Finding(
            f"No gateway or sender of text messages for {', '.join(sorted(without))}: they are only printed; see docs/text-messages.md.",
            essential=False,
        )


def check_web() -> Iterator[Finding]:
    """What the outside sees is safe."""
    if settings.DEBUG:
        yield Finding("WSR_DEBUG is on: error pages show internals to strangers; unset it.")
    if settings.DEMO:
        yield Finding("WSR_DEMO is on: anyone can ask for the codes of the demo's people; unset it.")
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        yield Finding("WSR_ALLOWED_HOSTS must name the hosts people type, and not be empty or *.")
    if not settings.HTTPS:
        yield Finding(
            "WSR_BASE_URL has no https: passwords would cross the network in the clear.", essential=False
        )
    if settings.MAILERS["default"]["BACKEND"].endswith("filebased.EmailBackend"):
        yield Finding(
            "No mail server: invitations are only written to files; set WSR_MAIL_URL.", essential=False
        )
    yield from check_gateways()
    mail = settings.MAILERS["default"].get("OPTIONS", {})
    is_plain = mail.get("host") and not mail.get("use_tls") and not mail.get("use_ssl")
    if is_plain and mail["host"] not in {"localhost", "127.0.0.1", "::1"}:
        yield Finding("Mail crosses the network in the clear: use smtp:// or smtps:// in WSR_MAIL_URL.")
    for message in checks.run_checks(include_deployment_checks=settings.HTTPS):
        essential = message.is_serious()
        yield Finding(f"{message.msg} ({message.id}) {message.hint or ''}".strip(), essential=essential)


def check_messages() -> Iterator[Finding]:
    """What people should have been told has left the house."""
    try:
        found = undelivered(at=timezone.now())
    except (DatabaseError, KeyError):
        return  # said by check_databases
    if found["given_up"]:
        yield Finding(
            f"{found['given_up']} messages were given up: check WSR_MAIL_URL; the directors send them again on the page Messages.",
            essential=False,
        )
    if found["webhooks"]:
        yield Finding(
            f"{found['webhooks']} webhooks do not answer: may this machine reach the internet?",
            essential=False,
        )
    if found["late"]:
        yield Finding(
            f"{found['late']} messages wait for more than ten minutes: are beat and the worker running, does the mail server answer?",
            essential=False,
        )


def check_clocks() -> Iterator[Finding]:
    """Limits that have passed were noticed."""
    try:
        late = unswept(at=timezone.now())
    except (DatabaseError, KeyError):
        return  # said by check_databases
    if late:
        yield Finding(
            f"{late} clocks should have moved more than ten minutes ago: are beat and the worker running, or manage.py sweep --loop?",
            essential=False,
        )


def check_scanner() -> Iterator[Finding]:
    """The virus scanner, where one is set."""
    if settings.CLAMAV and not scanning.answers():
        yield Finding(
            "The virus scanner at WSR_CLAMAV does not answer, so no file is taken: start it, or unset WSR_CLAMAV."
        )


def check_machine() -> Iterator[Finding]:
    """Libraries and fonts for PDF documents."""
    for need in machine.FOR_RUN:
        if not need.is_met():
            yield Finding(
                f"For {need.purpose}, install {' '.join(need.packages)}.", essential=need is machine.PDF
            )


def nearest_existing(folder: Path) -> Path:
    """The folder, or the closest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def first_line(error: Exception) -> str:
    """What a database said, without the details that may follow."""
    return str(error).strip().partition("\n")[0]


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_web, check_keys, check_vault, check_databases, check_migrations, check_fences, check_valkey, check_folders, check_messages, check_clocks, check_scanner, check_machine,
)  # fmt: skip
