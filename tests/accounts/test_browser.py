"""Sign-in in a real browser: a passkey from set-up to sign-in, and every page through axe and at 360 px."""

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests import factories
from tests.accounts.signing_in import code_of
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.accounts import operations
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
NARROW = {"width": 360, "height": 740}


@pytest.fixture
def site(live_server, page):
    """A passkey belongs to a host name, so not to an address of numbers."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def passkey(page):
    """A device that holds passkeys and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def type_password(page, site, person, path="/p/garment/members/"):
    """Sign in by the keyboard alone."""
    page.goto(f"{site}{path}")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")


def test_a_passkey_is_set_up_and_signs_in_alone(office, site, watched_page, passkey):
    page = watched_page
    type_password(page, site, office.director)
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add this device or key").click()
    page.get_by_role("link", name="Go on to where you were going").click()
    page.wait_for_url("**/p/garment/members/")
    assert Authenticator.objects.filter(user=office.director, type="webauthn").count() == 1

    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/p/garment/members/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/p/garment/members/")


def test_a_passkey_is_the_second_factor_after_the_password(office, site, watched_page, passkey):
    page = watched_page
    type_password(page, site, office.director)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add this device or key").click()
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()
    type_password(page, site, office.director)
    page.wait_for_url("**/authenticate/")

    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/p/garment/members/")
    assert page.get_by_role("heading", level=1).inner_text() == "Members"


def test_the_app_is_set_up_by_keyboard_at_360_pixels(office, site, watched_page):
    page = watched_page
    page.set_viewport_size(NARROW)
    type_password(page, site, office.director)
    page.get_by_role("link", name="Set up an app").press("Enter")
    assert page.get_by_role("img", name="QR code").evaluate("image => image.naturalWidth") > 100
    assert_no_overflow(page)
    assert_accessible(page)
    secret = page.locator("#totp-key").inner_text()
    page.get_by_label("Authenticator code").press_sequentially(code_of(secret))
    page.keyboard.press("Enter")

    page.wait_for_url("**/recovery-codes/")
    assert_no_overflow(page)
    assert_accessible(page)


DOORS = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_signup",
    "socialaccount_login_cancelled",
]
PAGES = [
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_list_webauthn",
    "usersessions_list",
    "accounts:profile",
]


def look(page) -> None:
    """Sound by day and by night."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no color is on its way
        assert_accessible(page)
        assert_no_overflow(page)


def test_the_doors_are_accessible_and_fit_a_phone(site, db, page):
    page.set_viewport_size(NARROW)
    for name in DOORS:
        answer = page.goto(site + reverse(name))
        assert answer.status == 200, name
        look(page)


def test_the_pages_of_a_person_are_accessible_and_fit_a_phone(office, site, page, at):
    with program_scope(office.program.pk):
        operations.invite(email="new@example.org", role=Role.PUBLISHER, by=office.director, at=at)
    page.set_viewport_size(NARROW)
    sign_in(page.context, SimpleNamespace(url=site), office.director)
    members = [reverse(f"accounts:{name}", args=["garment"]) for name in ("members", "invite", "grants")]
    for path in [*(reverse(name) for name in PAGES if name != "mfa_view_recovery_codes"), *members]:
        answer = page.goto(site + path)
        assert answer.status == 200, path
        look(page)


def test_the_admin_works_under_our_content_security_policy(site, db, watched_page):
    page = watched_page
    operator = factories.person("operator@example.org", is_staff=True, is_superuser=True)
    sign_in(page.context, SimpleNamespace(url=site), operator)

    page.goto(f"{site}/admin/accounts/organization/add/")
    page.get_by_label("Name").fill("Fair Brand")
    page.get_by_label("Kind").select_option("brand")
    page.get_by_role("button", name="Save", exact=True).click()

    assert (
        "was added successfully"
        in page.get_by_text("Fair Brand").first.locator("xpath=ancestor::li").inner_text()
    )
