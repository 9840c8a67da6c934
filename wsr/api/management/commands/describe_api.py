"""Write the description of the API, to keep docs/api/openapi.yaml true."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from wsr.api import schema

COMMITTED = Path("docs/api/openapi.yaml")


class Command(BaseCommand):
    """`manage.py describe_api` writes docs/api/openapi.yaml; `--print` shows it."""

    help = "Write the OpenAPI description of the API to docs/api/openapi.yaml."

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", help="show it and write nothing")

    def handle(self, *args, **options):
        if options["print"]:
            self.stdout.write(schema.as_yaml(), ending="")
            return
        (settings.BASE_DIR / COMMITTED).write_text(schema.as_yaml())
        self.stdout.write(f"{COMMITTED} is as the code says.")
