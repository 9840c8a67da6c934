"""Journey 9: the committee governs. A party asks it; it prepares a meeting, decides within its limit and publishes its minutes.

On the demo. What it does not decide in time goes to arbitration. Each thing is looked for where the next person looks: in the work of the
members, in the portal of the brands, on the public page of the program.
"""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pypdf import PdfReader

from agreements.models import Breach, Dispute, Minutes, Seat, Sitting
from agreements.operations import breaches, disputes
from agreements.operations.committee import minutes as keeping
from agreements.tasks import end_clocks_of_breach, settle_minutes
from tests.demo import person
from tests.journeys.demo_program import days_pass
from tests.journeys.desk import Desk
from wsr.accounts.grants import Role
from wsr.deadlines import operations as clocks
from wsr.jobs import operations as jobs
from wsr.jobs.models import Job
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
HOME = "/p/garment-demo"
TITLE = "Report of purchases sent without suppliers (demo)"


@pytest.fixture
def garment(demo_copy):
    """The garment program of the demo, its director, and the breach whose notice was served on a brand."""
    program = demo_copy["garment-demo"]
    program.director = person("garment", Role.DIRECTOR)
    with scope(program):
        program.breach = Breach.objects.get(title=TITLE)
    return program


def scope(program):
    """The program's own."""
    return program_scope(program.pk, person_id=program.director.pk)


@pytest.fixture
def desk(garment, browser, live_server):
    """Somebody's browser: of a role of the program, or of who sits for a brand."""
    opened = []

    def sit_down(who: Role | str | None = None) -> Desk:
        if isinstance(who, Role):
            found = person("garment", who)
        elif who is None:
            found = None
        else:
            with scope(garment):
                found = Seat.objects.select_related("person").get(participation__name=who).person
        opened.append(Desk(browser, live_server, found))
        return opened[-1]

    yield sit_down
    for one in opened:
        one.close()


def test_a_petition_is_decided_and_the_minutes_are_public(garment, desk):
    director, delegate = desk(Role.DIRECTOR), desk(Role.COMMITTEE_MEMBER)
    party, other = desk("Demo Brand North"), desk("Demo Brand South")

    petition = _asks_the_committee(party, garment)
    sitting = _prepares_the_meeting(director, delegate, garment)
    _read_and_vote(delegate, other, party, sitting)
    _decides(director, garment, sitting)
    _finds_the_decision(party, petition)
    found = _approve_the_minutes(director, delegate, other, party, garment, sitting)
    _go_out_by_the_rule(director, desk(), garment, sitting, found)


def _asks_the_committee(party: Desk, program) -> Dispute:
    """A brand that was served a notice files a petition; its own, it can take back and file again."""
    party.open(f"{HOME}/breaches/")
    party.follow(program.breach.number)
    party.look("committee-breach-of-a-brand")
    ask = {"petition": "The report named every supplier; the annex was lost on the way."}
    party.follow("Petition the committee")
    party.press("Petition the committee", **ask)
    party.says("Filed. The committee is told")
    clocks.sweep()
    party.follow("Withdraw the petition")
    party.press("Withdraw the petition", reason="A word is wrong.")
    party.says("Withdrawn; the breach stands as not cured.")
    end_clocks_of_breach(program_id=str(program.pk), breach_id=str(program.breach.pk))
    party.follow("Petition the committee")
    party.press("Petition the committee", **ask)
    party.says("Filed. The committee is told")
    clocks.sweep()
    with scope(program):
        return Dispute.objects.get(breach=program.breach, state="filed")


def _prepares_the_meeting(director: Desk, delegate: Desk, program) -> Sitting:
    """The petition waits in the members' work with its limit; the agenda has it by itself."""
    for member in (delegate, director):
        assert "A petition waits for the committee; it stands on no agenda yet." in member.open("/inbox/")
    delegate.follow(TITLE)
    delegate.look("committee-petition")
    director.open(f"{HOME}/committee/")
    director.look("committee")
    director.follow("Appoint a member")
    director.look("committee-appoint")
    director.open(f"{HOME}/committee/")
    director.follow("Prepare a meeting")
    day = timezone.localdate(timezone=ZoneInfo(program.time_zone))
    director.press("Prepare a meeting", day=day, hour="00:00", place="https://call.example.org/42")
    director.says(f"Petition about {program.breach.number}: {TITLE}")
    director.look("committee-meeting-planned")
    director.follow("Add an item")
    director.press("Add an item", title="Budget of the year", text="The budget is attached.")
    director.press("Call the members")
    director.says("The members are called.")
    with scope(program):
        return Sitting.objects.filter(state="called").order_by("starts_at")[0]


def _read_and_vote(delegate: Desk, other: Desk, party: Desk, sitting: Sitting) -> None:
    """Members find the call in their work, say that they come, read the pack and vote; the party does not see the item at all."""
    for member in (delegate, other):
        assert "You are called: say whether you come" in member.open("/inbox/")
        member.follow(f"Meeting {sitting.number} of the committee")
        member.look(f"committee-meeting-{'staff' if member is delegate else 'brand'}")
        member.page.evaluate("document.documentElement.dir = 'rtl'")
        member.look(f"committee-meeting-mirrored-{'staff' if member is delegate else 'brand'}")
        member.press("I come")
        assert "Petition about B-" in _pack(member)
        member.follow("Petition about B-")
        member.follow("Vote")
        member.press("Vote", choice="against")
        member.says("Your vote is on record.")
        member.look(f"committee-item-{'staff' if member is delegate else 'brand'}")
    party.open("/inbox/")
    party.follow(f"Meeting {sitting.number} of the committee")
    assert "not shown to you because you have an interest in" in party.words()
    assert TITLE not in party.words()
    assert TITLE not in _pack(party)


def _pack(member: Desk) -> str:
    """What the meeting pack of this member says."""
    with member.page.expect_download() as started:
        member.page.locator("main").get_by_role("link", name="Meeting pack").click()
    pages = PdfReader(io.BytesIO(started.value.path().read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def _decides(director: Desk, program, sitting: Sitting) -> None:
    """In the meeting: who is there, votes in the room, the decisions; the rest is left for another meeting."""
    meeting = f"{HOME}/committee/meetings/{sitting.pk}/"
    director.open(meeting)
    director.follow("Begin the meeting")
    for box in director.page.locator("[name=present]").all():
        box.check()
    director.press("Begin the meeting")
    director.follow("Petition about B-")
    director.follow("Votes in the room")
    director.page.get_by_label("Demo organizer").select_option("against")
    director.press("Votes in the room")
    director.says("The votes are on record.")
    director.look("committee-votes-counted")
    director.follow("Record the decision")
    reasons = {"text": "The annex was sent on its day.", "discussion": "Both sides saw the annex."}
    director.press("Record the decision", public_text="One petition: no breach.", **reasons)
    director.says("It is no breach. The annex was sent")
    director.open(meeting)
    director.follow("Budget of the year")
    director.follow("Votes in the room")
    director.look("committee-votes")
    for box in director.page.locator("main select").all():
        box.select_option("for")
    director.press("Votes in the room")
    director.says("The votes are on record.")
    director.follow("Record the decision")
    due = (timezone.now() + dt.timedelta(days=30)).date()
    said = {"text": "The budget is adopted.", "discussion": "Nobody spoke against.", "actor": "The monitor"}
    director.press("Record the decision", due_on=due, **said)
    director.says("The decision is on record")
    director.look("committee-item-decided")
    director.follow("Minutes of this item")
    director.look("committee-minutes-of-item")
    director.open(meeting)
    director.press("Leave the rest for another meeting")
    director.says("What was open is left")
    with scope(program):
        petition = Dispute.objects.get(items__sitting=sitting)
        assert (petition.state, petition.outcome) == ("decided", "dismissed")


def _finds_the_decision(party: Desk, petition: Dispute) -> None:
    """The party reads the reasons where its breach is, and has its time to ask for arbitration in its work."""
    assert "until this day either side may ask for arbitration" in party.open("/inbox/")
    page = party.open(f"{HOME}/breaches/{petition.breach_id}/")
    assert "It is no breach" in page
    assert "The annex was sent on its day." in page


def _approve_the_minutes(
    director: Desk, delegate: Desk, other: Desk, party: Desk, program, sitting: Sitting
) -> Minutes:
    """The draft waits in the director's work; then it waits in that of every member, until all have approved."""
    assert "finish the minutes and send them" in director.open("/inbox/")
    director.follow(f"Minutes of {sitting.number}")
    director.press("Send the minutes to the members")
    director.says("With the members since")
    director.look("committee-minutes-sent")
    director.follow("Write down an answer")
    director.look("committee-enter-answer")
    with scope(program):
        found = Minutes.objects.get(sitting=sitting)
        now = timezone.now()
        for seat in Seat.objects.filter(attendances__sitting=sitting, person=None):
            keeping.enter_answer(minutes_id=found.pk, seat_id=seat.pk, by=program.director, at=now)
    for member in (delegate, other, party):
        assert "approve them, or say what must be changed" in member.open("/inbox/")
        member.follow(f"Minutes of {sitting.number}")
        member.follow("Answer on the minutes")
        member.press("Send", answer="approve")
        member.says("Your answer is on record.")
    settle_minutes(program_id=str(program.pk), minutes_id=str(found.pk))
    return found


def _go_out_by_the_rule(director: Desk, anybody: Desk, program, sitting: Sitting, found: Minutes) -> None:
    """Nobody presses: the engine publishes as the last day begins. Everybody reads what was decided, and not who is concerned."""
    meeting = f"{HOME}/committee/meetings/{sitting.pk}/"
    assert "goes out with the next publication, by" in director.open(meeting)
    days_pass(program, keeping.PUBLIC, found, 14)
    clocks.sweep()
    with scope(program):
        job = Job.objects.open().get(kind="registry.publish", asked_by=None)
    jobs.run(program_id=program.pk, job_id=job.pk, at=timezone.now())
    assert "is public since" in director.open(meeting)
    director.look("committee-minutes-public")
    anybody.open("/registry/garment-demo/")
    anybody.follow("Minutes of the committee")
    anybody.follow(sitting.number)
    page = anybody.words()
    assert "The budget is adopted." in page
    assert "One petition: no breach." in page
    assert "Demo Brand North" not in page
    assert TITLE not in page


def test_what_is_not_decided_in_time_goes_to_arbitration(garment, desk):
    director, party = desk(Role.DIRECTOR), desk("Demo Brand North")
    now = timezone.now()
    with scope(garment):
        breach = garment.breach
        said = {"petition": "Find the breach.", "by": garment.director, "at": now}
        petition = disputes.file_petition(breach_id=breach.pk, **said)
    days_pass(garment, disputes.DECIDED, petition, 31)
    clocks.sweep()

    assert "The committee has not decided in its time" in party.open("/inbox/")
    party.follow(TITLE)
    party.follow("Ask for arbitration")
    party.press("Ask for arbitration", grounds="Nobody decided.")
    party.says("Asked for. The other side is told.")
    party.look("committee-arbitration-asked")

    page = director.open(f"{HOME}/breaches/{breach.pk}/")
    assert "Nobody decided." in page
    director.follow("Record the filing")
    filed = {"rules": "UNCITRAL rules", "seat": "The Hague", "filed_on": now.date()}
    director.press("Record the filing", **filed)
    director.says("on record as filed")
    assert "UNCITRAL rules" in party.open(f"{HOME}/breaches/{breach.pk}/")
    with scope(garment):
        assert breaches.locked(breach.pk).state == "disputed"
        assert not Dispute.objects.filter(state="undecided").exists()
