"""Every page of programs in a real browser: nothing the browser complains of, nothing axe finds, nothing sticking out."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from programs.models import CodeVersion, Participation, Provision, Sourcing, Workplace
from programs.operations import codes
from tests import factories
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.models import Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

pytestmark = pytest.mark.browser


def addresses(program, director):
    """One address of each page, with rows to show."""
    with program_scope(program.pk):
        supplier = Participation.objects.get(name="Demo Growers Three").pk
        brand = Participation.objects.brands().get(name="Demo Grocers West").pk
        place = Workplace.objects.get(name="Demo Farm Birch").pk
        sourcing = Sourcing.objects.filter(brand_id=brand).first().pk
        code, provision = CodeVersion.objects.get().pk, Provision.objects.first().pk
    for name, *args in [
        ("suppliers",),
        ("add_supplier",),
        ("supplier", supplier),
        ("change_standing", supplier),
        ("add_workplace", supplier),
        ("edit_participation", supplier),
        ("end_participation", supplier),
        ("brands",),
        ("brand", brand),
        ("add_sourcing", brand),
        ("end_sourcing", sourcing),
        ("bodies",),
        ("add_body",),
        ("workplaces",),
        ("workplace", place),
        ("edit_workplace", place),
        ("close_workplace", place),
        ("codes",),
        ("draft_code",),
        ("code", code),
        ("edit_provision", provision),
        ("rules",),
        ("compare_rules",),
        ("rule", "clocks.complaint_closed"),
        ("set_rule", "inspection.interview_floor"),
        ("set_rung", "suspended"),
        ("add_rung",),
        ("add_severity",),
        ("add_rule",),
    ]:
        yield name, reverse(f"programs:{name}", args=[program.slug, *args])
    garments = Program.objects.get(slug="garment-demo")
    with program_scope(garments.pk):
        draft = codes.draft_version(title="Second code", by=director, at=factories.AT).pk
    yield "draft", reverse("programs:code", args=[garments.slug, draft])
    yield "history", reverse("history:list", args=[program.slug])
    yield "start", reverse("programs:start")
    yield "demo_code", reverse("programs:demo_code")


def test_every_page_is_sound(live_server, context, watched_page, demo_copy):  # noqa: F811
    program = demo_copy["farms-demo"]
    director = Person.objects.get(email="farms.director@demo.example")
    factories.member(demo_copy["garment-demo"], "director", person=director)
    sign_in(context, live_server, director)

    for name, path in addresses(program, director):
        watched_page.set_viewport_size({"width": 1200, "height": 800})
        assert watched_page.goto(live_server.url + path).status == 200, name
        assert_accessible(watched_page)
        if folder := os.environ.get("WSR_SCREENSHOTS"):
            watched_page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        watched_page.set_viewport_size({"width": 360, "height": 740})
        assert_no_overflow(watched_page)
