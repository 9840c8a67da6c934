"""One address of every kind that the door offers, for tests of the door itself. Its effect is a line in history."""

import datetime as dt
from types import SimpleNamespace

from django.http import HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request

from programs.models import Workplace
from wsr.accounts.grants import Permission
from wsr.api.door import ProgramAPIView, endpoint
from wsr.api.serializers import Input, Query
from wsr.errors import DomainError, DoneTwice, Stale
from wsr.files.pipeline import CannotTake
from wsr.history.operations import record
from wsr.tenancy.models import Program

P = Permission


class WorkplaceOut(serializers.ModelSerializer):
    """A workplace."""

    class Meta:
        model = Workplace
        fields = ("id", "name", "updated_at")


class ProbeQuery(Query):
    """Filters of the list."""

    country = serializers.CharField(max_length=2, required=False)


class ThingIn(Input):
    """Something of every type."""

    text = serializers.CharField(max_length=20)
    number = serializers.IntegerField(min_value=0, max_value=10, required=False)
    flag = serializers.BooleanField(required=False)
    moment = serializers.DateTimeField(required=False)
    words = serializers.ListField(child=serializers.CharField(max_length=5), required=False)


class ThingOut(serializers.Serializer):
    """What was taken in."""

    text = serializers.CharField()
    version = serializers.IntegerField()


class Things(ProgramAPIView):
    """A list, and something to send."""

    @endpoint(P.WORKPLACE_READ, scope="probe:read", query=ProbeQuery, output=WorkplaceOut, many=True)
    def get(self, request: Request) -> HttpResponse:
        rows = Workplace.objects.all()
        return self.page(rows.filter(country=self.query["country"]) if "country" in self.query else rows)

    @endpoint(P.WORKPLACE_CHANGE, scope="probe:write", input=ThingIn, output=ThingOut, status=201)
    def post(self, request: Request) -> HttpResponse:
        text = self.input["text"]
        record("probe.done", ("probe.thing", None), by=self.person, at=self.at, after={"text": text})
        errors = {
            "bug": ZeroDivisionError(),
            "refuse": DomainError("No."),
            "twice": DoneTwice("Twice."),
            "busy": CannotTake("busy"),
        }
        if text in errors:
            raise errors[text]
        if text == "missing":
            Program.objects.get(slug="missing")
        return self.answer(SimpleNamespace(text=text, version=1), headers={"Location": "/somewhere/"})


class Thing(ProgramAPIView):
    """One record with a version."""

    @endpoint(P.WORKPLACE_READ, scope="probe:read", output=ThingOut, versioned=True, deprecated=dt.date(2026, 1, 1), sunset=dt.date(2027, 1, 1))  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.answer(SimpleNamespace(text="now", version=7))

    @endpoint(P.WORKPLACE_CHANGE, scope="probe:write", input=ThingIn, output=ThingOut, versioned=True)
    def patch(self, request: Request) -> HttpResponse:
        row = SimpleNamespace(text="now", version=7)
        if self.if_version != row.version:
            raise Stale(row)
        return self.answer(SimpleNamespace(text=self.input["text"], version=8))


urlpatterns = [
    path("api/v1/programs/<slug:program>/probe/", Things.as_view()),
    path("api/v1/programs/<slug:program>/probe/one/", Thing.as_view()),
    path("", include("wsr.urls")),
]
