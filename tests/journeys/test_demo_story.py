"""What the demo tells of one cause, found by clicking from one page to the next: from the session that taught a number to the public page."""

import re
from html import unescape

import pytest
from django.test import Client

from complaints.models import Complaint
from tests import factories
from tests.demo import person
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope

LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.S)
WORDS = "El mayordomo"


class Walk:
    """One reader with a page open."""

    def __init__(self, role: Role | None = None) -> None:
        """Signed in as whoever holds the role in the farms; without one a visitor of the public record."""
        self.client, self.text = Client(), ""
        if role:
            factories.sign_in(self.client, person("farms", role))

    def open(self, address: str) -> "Walk":
        """The page at an address."""
        answer = self.client.get(address, follow=True)
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.page = body.decode()
        self.text = unescape(re.sub(r"<[^>]+>", " ", self.page))
        return self

    def follow(self, words: str) -> "Walk":
        """The first link of the page whose words have these in them."""
        for address, label in LINK.findall(self.page):
            if words in unescape(re.sub(r"<[^>]+>", " ", label)):
                return self.open(unescape(address))
        pytest.fail(
            f"No link “{words}” on this page: {[label for _address, label in LINK.findall(self.page)]}"
        )

    def says(self, *words: str) -> "Walk":
        """All of these are on the page."""
        assert [one for one in words if one not in self.text] == []
        return self


@pytest.fixture
def case(demos):
    """The complaint of a worker of Demo Farm Dogwood, as its address."""
    with program_scope(demos["farms-demo"].pk, person_id=person("farms", Role.CASE_HANDLER).pk):
        found = Complaint.objects.get(channel="hotline")
    return f"/p/farms-demo/complaints/{found.pk}/"


def test_from_the_call_to_the_duties_of_brands(case):
    handler = Walk(Role.CASE_HANDLER).open(case).says(WORDS, "Finding made, resolution under way")
    handler.follow("Asked for on").says("sees to it since")
    handler.open(case).follow("Inspection ").says("A supervisor shames women of one crew")
    handler.follow("Corrective action ").says("Overdue", "Take the supervisor off the crews")
    handler.follow("What followed on the ladder").says("Suspended", "Probation", "still leads a crew")
    handler.follow("Demo Brand North").says("Suspended since", "Accepted", "Last purchase on")
    handler.follow("What led to it, on the ladder").follow("Demo Grocers West").says("Acknowledged")


def test_from_the_call_to_the_session_that_taught_the_number(case):
    handler = Walk(Role.CASE_HANDLER).open(case)
    handler.follow("Demo Farm Dogwood").follow("Education here")
    _planned, taught, _a_year_ago = re.findall(r'href="([^"]+/education/sessions/[^"]+)"', handler.page)
    handler.open(taught).says("Demo Farm Dogwood", "Card with the number (demo)")


def test_from_a_duty_to_what_reached_the_payroll(demos):
    duty = "/p/farms-demo/duties/?q=Demo+Brand+North"
    director = Walk(Role.DIRECTOR).open(duty).follow("Demo Growers Three")
    director.follow("The brand").says("Suspended").follow("Its premium").says("Demo Growers Three")
    director.open(duty).follow("Demo Growers Three").follow("What was bought there").says(
        "Demo Growers Three"
    )
    director.open(duty).follow("Demo Growers Three").follow("The supplier").says("Standing: Suspended")
    director.follow("Premium passed on to workers").says("10,692")


def test_the_public_page_tells_it_with_the_right_things_left_out(demo_copy):
    visitor = Walk().open("/registry/?q=Demo+Farm+Dogwood&kind=workplace").follow("Demo Farm Dogwood")
    visitor.says("Suspended")
    for hidden in (WORDS, "shames women", "still leads a crew", "Demo Brand North"):
        assert hidden not in visitor.text
    visitor.follow("Demo Growers Three").says("Suspended", "A re-entry audit has confirmed")
    visitor.open("/registry/?q=Demo+Growers+Three&kind=stop_of_purchases").follow(
        "Stop of purchases since"
    ).says("3")
    assert "Demo Brand North" not in visitor.text
    visitor.open("/registry/?q=Demo+Growers+Two&kind=supplier").follow("Demo Growers Two")
    visitor.says("The program does not publish this")
