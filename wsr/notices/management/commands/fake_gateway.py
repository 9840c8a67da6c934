"""A gateway for text messages that sends nothing, to try the program out."""

import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from wsr.notices.texts import fake, gateways


class Command(BaseCommand):
    help = "Serve a gateway for text messages on this machine, in the place of the one named in gateways.json. Nothing is sent or printed."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True, help="Name of the gateway in gateways.json.")
        parser.add_argument("--port", type=int, default=8099)

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The fake gateway is for development (WSR_DEBUG=1): it hands out what it is given."
            )
        gateway = gateways.named(options["name"])
        if gateway is None:
            raise CommandError(f"There is no gateway of this name in {gateways.path()}.")
        callback = f"{settings.BASE_URL}/texts/{gateway.name}/"
        with fake.serving(fake.FakeGateway(gateway, callback), options["port"]) as served:
            self.stdout.write(f"Listening at {served.url}, calling {callback}. Ctrl-C ends it.")
            threading.Event().wait()
