"""Principles, endorsing and news as everybody meets them: without script, on a phone and a desk, in both directions."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from programs import endorser_mail
from programs.demo import network
from programs.models import Endorsement
from tests.registry.conftest import AT, office  # noqa: F401 -- a fixture
from tests.registry.test_browser import look
from tests.ui.browser import (  # noqa: F401 -- fixtures
    browser_type_launch_args,
    sign_in,
)
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


def test_somebody_endorses_without_script_and_every_page_is_sound(live_server, browser, office):  # noqa: F811
    with program_scope(office.program.pk, person_id=office.director.pk):
        network.tell("farms", by=office.director, at=AT)
    office.publish()
    network.endorse(office.program, by=office.director)
    context = browser.new_context(java_script_enabled=False)
    page, site = context.new_page(), live_server.url
    page.goto(f"{site}/principles/")
    page.click("text=Endorse them")
    page.check("text=An organization")
    page.fill("#id_name", "Amina Rahman")
    page.fill("#id_email", "amina@union.example")
    page.check("#id_is_listed")
    page.click("main button")
    assert "Write the name of the organization." in page.content()
    assert page.input_value("#id_name") == "Amina Rahman"
    page.fill("#id_organization", "Example Union")
    page.fill("#id_website", "union.example")
    page.click("main button")
    assert "Look into your mailbox" in page.content()
    mail.outbox.clear()
    endorser_mail.send_due(at=timezone.now())
    page.goto(site + re.search(r"/endorse/confirm/\S+", mail.outbox[0].body)[0])
    page.click("main button")
    assert "Your endorsement is confirmed" in page.content()
    assert (context.cookies(), Endorsement.objects.get(name="Amina Rahman").confirmed_domain) == (
        [],
        "union.example",
    )
    withdraw = re.search(r"/endorse/withdraw/\S+", mail.outbox[0].body)[0]
    context.close()

    seen = browser.new_context()  # what looks at pages needs script
    page = seen.new_page()
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    for name, path in {
        "principles-urdu": "/principles/?text=ur",
        "withdraw": withdraw,
        "news-program": f"/news/{office.program.slug}/?lang=es",
    }.items():
        assert page.goto(site + path).status == 200
        look(page, name)
    page.click("text=Empiezan las sesiones")
    look(page, "news-item")
    assert {url.split("/")[2] for url in loaded if not url.startswith("data:")} == {site.split("/")[2]}

    sign_in(seen, live_server, office.director)
    console = f"{site}/p/{office.program.slug}/"
    for name, path in {
        "moderate": "endorsements/",
        "news-console": "news/",
        "news-write": "news/add/",
    }.items():
        assert page.goto(console + path).status == 200
        look(page, name)
    page.goto(f"{console}endorsements/")
    page.click("text=Decline >> nth=1")
    look(page, "decline")
    seen.close()
