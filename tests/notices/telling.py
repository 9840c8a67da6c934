"""Kinds of notices that only tests tell, and short ways to tell them."""

from django.core import mail

from wsr.notices import operations
from wsr.notices.enums import Choice
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Notice, Preference
from wsr.tenancy import engine_scope, person_scope, program_scope

PLACE = "/p/garment/"


@notice_kind("test", label="Something to read")
def to_read(telling):
    return {"title": "Something is ready for you", "url": PLACE}


@notice_kind("test-daily", label="Something daily", default=Choice.DAILY)
def daily(telling):
    return {"title": f"Something happened {telling.context.get('n', '')}", "url": PLACE}


@notice_kind("test-weekly", label="Something weekly", default=Choice.WEEKLY)
def weekly(telling):
    return {"title": "Something happened this week", "url": PLACE}


@notice_kind("test-duty", label="A duty", mandatory=True, urgent=True, sms=True)
def duty(telling):
    return {"title": "You have a duty", "url": PLACE}


def tell_people(program, people, at, kind="test", key="a", context=None, **scope):
    with program_scope(program.pk, **scope):
        operations.tell_people(kind=kind, key=key, people=people, at=at, context=context or {})


def tell_role(program, at, kind="test", key="a", **to):
    with program_scope(program.pk):
        operations.tell_role(kind=kind, key=key, at=at, context={}, **to)


def choose(program, person, choice, kind="test"):
    with person_scope(person.pk):
        Preference.objects.create(program=program, person=person, kind=kind, choice=choice)


def notices():
    with engine_scope():
        return list(Notice.objects.order_by("created_at", "person__email").select_related("person"))


def told():
    return sorted(message.to[0] for message in mail.outbox)
