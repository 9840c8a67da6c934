"""Roles and logins of the database. Runs as the administrator named by DATABASE_URL; may be run again at any time."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections, transaction

from wsr.history.signing import create_key
from wsr.tenancy.roles import create_database, prepare
from wsr.vault.keys import create_keys


class Command(BaseCommand):
    help = "Create the database if it is absent, its roles and logins, and hand it to its owner role."
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def handle(self, *args, **options):
        passwords = {
            settings.LOGINS[alias]: settings.DATABASES[alias]["PASSWORD"]
            for alias in settings.LOGINS
            if alias in settings.DATABASES
        }
        admin = settings.DATABASES["admin"]
        create_database(admin, admin["NAME"])
        with transaction.atomic(using="admin"):
            prepare(connections["admin"], passwords)
        if not settings.SIGNING_KEY:
            create_key()
        create_keys()
        self.stdout.write("Database roles are in place.")
