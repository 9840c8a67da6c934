"""One search over what a person may see, in all her programs, and nothing else."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.accounts.grants import Role
from wsr.accounts.models import Person

pytestmark = pytest.mark.django_db


def search(client, words, **headers):
    return client.get(reverse("ui:search"), {"q": words}, headers=headers)


@pytest.fixture
def mills(program, other_program):
    factories.workplace(program, name="Padma Spinning Mill", address="12 Mill Road")
    factories.workplace(other_program, name="Padma Weaving Mill")
    return program


def test_it_finds_in_all_programs_of_the_person_and_in_no_other(client, mills, other_program, director):
    factories.sign_in(client, director)
    alone = search(client, "padma").content.decode()
    factories.member(other_program, Role.OBSERVER, person=director)
    both = search(client, "padma").content.decode()
    assert "Padma Spinning Mill" in alone
    assert "Padma Weaving Mill" not in alone
    assert "Padma Weaving Mill" in both


def test_it_finds_what_the_role_may_see(client, mills):
    supplier = factories.supplier(mills, name="Padma Group")
    factories.sign_in(client, factories.member(mills, Role.AUDITOR))
    assert "Padma" not in search(client, "padma mill").content.decode().split("<main")[1].split('value="')[0]
    factories.sign_in(client, factories.member(mills, Role.DIRECTOR))
    told = search(client, "padma group").content.decode()
    assert reverse("programs:supplier", args=[mills.slug, supplier.pk]) in told


def test_pages_and_first_steps_are_found_by_their_name(client, mills, director):
    factories.sign_in(client, director)
    told = search(client, "ladd").content.decode()
    assert reverse("agreements:escalations", args=[mills.slug]) in told


def test_the_palette_gets_the_list_alone_and_one_letter_finds_nothing(client, mills, director):
    factories.sign_in(client, director)
    part = search(client, "padma", HX_Target="div#palette-found").content.decode()
    assert "Padma Spinning Mill" in part
    assert "<main" not in part
    short = search(client, "p").content.decode()
    assert "Padma" not in short
    assert "Nothing found" not in short
    assert "Nothing found" in search(client, "zzzz").content.decode()


def test_more_than_five_lead_to_the_list_of_all(client, mills, director):
    for number in range(6):
        factories.workplace(mills, name=f"Jute Works {number}")
    factories.sign_in(client, director)
    told = search(client, "jute works").content.decode()
    assert f"{reverse('programs:workplaces', args=[mills.slug])}?q=jute+works" in told
    assert told.count("Jute Works") == 5


@pytest.mark.browser
def test_the_palette_by_keyboard_alone(live_server, context, watched_page, program, director):
    place = factories.workplace(program, name="Padma Spinning Mill")
    sign_in(context, live_server, director)
    page = watched_page
    page.goto(f"{live_server.url}/p/{program.slug}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("padma")
    page.locator("#palette-found a").first.wait_for()
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert_no_overflow(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('programs:workplace', args=[program.slug, place.pk])}")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()  # until then the keys are those of the dialog
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox/")
    Person.objects.filter(pk=director.pk).update(single_keys=False)
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
