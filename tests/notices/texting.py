"""A gateway in gateways.json, and the fake one behind it."""

import contextlib
import json

from wsr.notices.texts import gateways
from wsr.notices.texts.fake import FakeGateway, serving
from wsr.notices.webhooks.signing import new_secret

NUMBER = "+8801700000000"
NAME = "main-bd"


def connect(program_slug, *, url="http://localhost:9/send", name=NAME, number=NUMBER, secrets=None):
    """Write the file; returns the fake gateway, not listening."""
    entry = {
        "program": program_slug,
        "number": number,
        "url": url,
        "secrets": secrets or [new_secret()],
    }
    path = gateways.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: entry}))
    return FakeGateway(gateways.named(name))


@contextlib.contextmanager
def listening(program_slug, settings):
    """The same, listening on this machine; wsr may reach it."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]
    secret = new_secret()
    fake = connect(program_slug, secrets=[secret])
    with serving(fake):
        yield connect_to(fake, program_slug, secret)


def connect_to(fake, program_slug, secret):
    """Its address is known only now."""
    connect(program_slug, url=fake.url, secrets=[secret])
    return fake


def arrive(client, fake, phone, text, **said):
    """The gateway brings a text; the answer's status."""
    body, headers = fake.text(phone, text, **said)
    return bring(client, body, headers)


def bring(client, body, headers, name=NAME):
    return client.post(
        f"/texts/{name}/", data=body, content_type="application/json", headers=headers
    ).status_code
