"""Check a published folder; the same check that comes with every download."""

import sys

from django.core.management.base import BaseCommand

from wsr.registry import verify


class Command(BaseCommand):
    """`manage.py verify_registry DIR [--key KEY] [--since CHECKPOINT]`."""

    help = "Check a published registry with nothing but its files. Exits with 1 and names what was changed."

    def add_arguments(self, parser):
        parser.add_argument("folder")
        parser.add_argument("--key", help="the public key, or a file with it")
        parser.add_argument("--since", help="a checkpoint kept earlier")

    def handle(self, *args, **options):
        given = [f"--{name}={options[name]}" for name in ("key", "since") if options[name]]
        code = verify.main([options["folder"], *given])
        if code:
            sys.exit(code)
