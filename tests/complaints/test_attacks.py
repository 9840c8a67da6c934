"""What somebody with bad intent tries on the pages of complaints; see docs/threat-model.md."""

import re
from html import escape
from pathlib import Path

import pytest
from django.conf import settings

from complaints.models import Complaint
from tests import factories
from tests.complaints.test_worker_pages import CASE, receipt_on, tell
from tests.factories import sign_in
from tests.ui.browser import FLAGS, chromium
from wsr.tenancy import program_scope

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)//{{ 7|add:7 }}{% now 'Y' %}",
    "\u202e<b>nrut</b>\u0000",
]
STORY = "FORENSICSTORY they keep our passports in the office"
NAME = "FORENSICNAME"


@pytest.mark.django_db
def test_nothing_that_a_worker_types_runs_in_the_handlers_browser(client, program):
    ana = factories.member(program, "case_handler")
    payload = " ".join(PAYLOADS).replace("\u0000", "")
    place = f"/report/{program.slug}/"
    fields = ("what", "where", "when", "name", "phone", "safe_contact")
    tell(client, place, **dict.fromkeys(fields, payload[:190]))
    number, secret = receipt_on(client.post(place, {"send": "1"}, follow=True))
    client.post(CASE, {"number": number, "secret": secret})
    hers = client.post(CASE, {"act": "say", "text": payload}, follow=True)

    sign_in(client, ana)
    with program_scope(program.pk, person_id=ana.pk):
        page = f"/p/{program.slug}/complaints/{Complaint.objects.get().pk}/"
    client.post(f"{page}take/")
    ours = client.get(page)
    listed = client.get(f"/p/{program.slug}/complaints/?q={PAYLOADS[1]}")
    assert escape(PAYLOADS[0]) in ours.content.decode()
    assert escape(PAYLOADS[0]) in hers.content.decode()
    for answer in (ours, hers, listed):
        text = answer.content.decode()
        assert [payload for payload in PAYLOADS[:3] if payload in text] == []
        assert not re.search(r"<(script|svg|img)[^>]*alert", text)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy or "default-src 'self'" in policy


def test_a_seized_phone_tells_nothing_after_she_left(live_server, playwright, program, tmp_path):
    """She reports, writes the number down, comes back, reads, and leaves by the exit; then the whole profile of the browser is searched."""
    address = f"{live_server.url}/report/{program.slug}/"
    phone = playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium(), args=FLAGS, java_script_enabled=False
    )
    page = phone.new_page()
    page.goto(f"{address}?q=2")
    page.get_by_role("textbox").fill(STORY)
    page.get_by_role("button", name="Next").click()
    page.goto(f"{address}?q=7&r=1")
    page.get_by_label("Your name").fill(NAME)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send").click()
    number, secret = page.locator(".receipt").all_inner_texts()
    page.get_by_role("button", name="I wrote it down").click()
    page.goto(f"{live_server.url}{CASE}")
    page.get_by_label("Your number").fill(number)
    page.get_by_label("Your code").fill(secret)
    page.get_by_role("button", name="Open").click()
    page.get_by_text(STORY).wait_for()
    page.locator("button[name=leave]").click()
    assert phone.cookies(live_server.url) == []
    phone.close()

    kept = {path: path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file()}
    assert kept
    tells = [STORY, "FORENSICSTORY", NAME, number, number.replace("-", ""), secret, secret.replace("-", "")]
    found = {
        (str(path.name), text)
        for path, content in kept.items()
        for text in tells
        for spelling in (text.encode(), text.encode("utf-16-le"), text.replace(" ", "+").encode())
        if spelling in content
    }
    assert found == set()


def test_no_form_of_a_worker_lets_the_browser_remember():
    """Browsers keep what was typed into fields, past every header that a page can send."""
    pages = Path(settings.BASE_DIR, "templates/complaints/worker").glob("*.html")
    forms = [form for page in pages for form in re.findall(r"<form[^>]*>", page.read_text())]
    assert forms
    assert [form for form in forms if 'autocomplete="off"' not in form] == []
