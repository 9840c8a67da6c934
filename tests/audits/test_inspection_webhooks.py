"""What webhooks hear of an inspection: kinds and ids, signed, and nothing of a visit that only its team may know of."""

import datetime as dt
import json
from uuid import UUID

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from audits.operations import reporting, teams
from tests import factories
from tests.audits import making
from tests.audits.reported import LATER, issue, portal, rule, send_back, share, submit_again
from tests.notices.receiving import receiver
from wsr.accounts.models import OrganizationKind
from wsr.deadlines import operations as clocks
from wsr.deadlines.kinds import MISSED, kinds
from wsr.notices.kinds import subscribable
from wsr.notices.models import Outbox
from wsr.notices.relay import relay
from wsr.notices.webhooks import operations as webhooks
from wsr.notices.webhooks.sending import send_webhooks
from wsr.tenancy import program_scope

AT = making.AT


@pytest.fixture
def program(transactional_db):
    return factories.program()


@pytest.fixture
def hear(program, settings):
    """`hear()`: what a receiver of every kind got since the last time, each checked as it would: [(type, data)]."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]
    director = factories.member(program, "director")
    with receiver() as hook:
        with program_scope(program.pk):
            _endpoint, secret = webhooks.add(
                label="All",
                url=hook.url,
                kinds=[kind.name for kind in subscribable()],
                by=director,
                at=AT,
            )

        def got():
            relay(at=LATER + dt.timedelta(days=99))
            send_webhooks(clock=timezone.now)
            events = [Webhook(secret).verify(body, headers) for _path, headers, body in hook.received]
            assert all(set(event) == {"type", "timestamp", "data"} for event in events)
            hook.received.clear()
            return sorted((event["type"], event["data"]) for event in events)

        yield got


def said(program, visit, *kinds, **ids):
    return sorted((kind, {"program": str(program.pk), "inspection": str(visit.pk), **ids}) for kind in kinds)


def planned(program, workplace, **fields):
    """Asked, accepted, declined and taken off."""
    lead, shy, gone = (factories.member(program, "auditor") for _name in range(3))
    visit = making.inspection(
        program, workplace=workplace, team=[(lead, "lead"), (shy, "auditor"), (gone, "auditor")], **fields
    )
    for person in (lead, gone):
        with making.as_auditor(program, person):
            teams.accept(inspection_id=visit.pk, ties=[], statement="None.", by=person, at=AT)
    with making.as_auditor(program, shy):
        teams.decline(inspection_id=visit.pk, reason="Ill", by=shy, at=AT)
    with making.as_staff(program, visit.planner):
        teams.remove(inspection_id=visit.pk, person_id=gone.pk, reason="Too many", by=visit.planner, at=AT)
    return visit


def handed_in(program, visit):
    from audits.operations import visits

    with making.as_auditor(program, visit.lead):
        visits.arrive(inspection_id=visit.pk, workers_present=120, by=visit.lead, at=AT)
    making.finding(program, visit, title="Exit locked")
    with making.as_auditor(program, visit.lead):
        visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT)


def test_from_the_assignment_to_the_issued_report(program, hear):
    rule(program, "clocks.report_reply", 10, unit="days")
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, organization=organization)
    manager = factories.member(program, "supplier_manager", organization=organization)
    workplace = factories.workplace(program, supplier=supplier)

    visit = planned(program, workplace, is_announced=True)
    answers = ["inspection_answered"] * 3
    assert hear() == said(program, visit, *["inspection_asked"] * 3, *answers, "inspection_removed")
    handed_in(program, visit)
    assert hear() == said(program, visit, "inspection_submitted")
    send_back(program, visit)
    assert hear() == said(program, visit, "inspection_returned")

    submit_again(program, visit)
    report = share(program, visit)
    ids = {"report": str(report.pk)}
    assert hear() == sorted(
        said(program, visit, "inspection_submitted") + said(program, visit, "report_shared", **ids)
    )
    late = AT + dt.timedelta(days=20)
    clocks.sweep(at=late)
    [(kind, data)] = hear()
    assert (kind, data["subject"]) == ("deadline_missed.audits.report_reply", str(report.pk))
    assert {str(UUID(value)) for value in data.values()} == set(data.values())
    with portal(program, manager, supplier):
        reporting.reply(report_id=report.pk, text="We opened it.", by=manager, at=late)
    assert hear() == said(program, visit, "report_replied", **ids)
    issue(program, visit, at=late)
    assert hear() == said(program, visit, "report_issued", **ids)


def test_of_a_secret_visit_they_hear_when_it_is_over(program, hear):
    """Not even how often something happened."""
    visit = planned(program, factories.workplace(program), is_announced=False)
    assert hear() == []
    with making.as_staff(program, visit.planner):
        assert (
            Outbox.objects.exclude(secret_of=visit.pk).filter(context__inspection=str(visit.pk)).count() == 0
        )

    handed_in(program, visit)
    assert hear() == said(program, visit, "inspection_submitted")
    share(program, visit)  # the supplier has no account here; webhooks hear of it all the same
    [(kind, data)] = hear()
    assert (kind, set(data)) == ("report_shared", {"program", "inspection", "report"})
    assert "Exit locked" not in json.dumps(data)


def test_limits_that_outsiders_may_know_of_can_be_subscribed_to():
    """A kind says so itself; those of the program's own thoughts, and of complaints, do not."""
    offered = {kind.name for kind in subscribable() if kind.name.startswith(MISSED)}
    assert offered == {f"{MISSED}{key}" for key, kind in kinds().items() if kind.webhook}
    inside = {key for key in kinds() if f"{MISSED}{key}" not in offered}
    assert inside >= {
        "agreements.obligation_decided",
        "agreements.cure_decided",
        "agreements.breach_noticed",  # a suspicion that nobody was told of yet
        "agreements.escalation_review",
    }
    assert {key for key in kinds() if key.startswith("complaints.")} <= inside
