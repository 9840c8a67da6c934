"""The root of the API: which programs the token reaches. And whatever is at no address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.request import Request

from wsr.accounts.doors import public_page
from wsr.api.door import Door, endpoint, respond, respond_problem
from wsr.api.problems import Problem
from wsr.api.serializers import Out


class ReachOut(serializers.Serializer):
    """A program that the token reaches."""

    slug = serializers.SlugField(
        source="grant.program.slug", help_text="Part of every address of the program."
    )
    name = serializers.CharField(source="grant.program.name")
    roles = serializers.SerializerMethodField(help_text="The person's roles there.")
    scopes = serializers.SerializerMethodField(help_text="What the token was granted there.")
    expires_at = serializers.DateTimeField(
        source="grant.expires_at", help_text="From then on access must be granted anew."
    )

    def get_roles(self, reach: object) -> list[str]:
        """Sorted by name."""
        return sorted(reach.roles)

    def get_scopes(self, reach: object) -> list[str]:
        """Those of the token and of the grant alike."""
        return sorted(self.context["scopes"].intersection(reach.grant.scopes))


class RootOut(Out):
    """Whose token it is, and what it reaches."""

    person_id = serializers.UUIDField()
    name = serializers.CharField()
    programs = ReachOut(many=True)


class Root(Door):
    """The programs that the token reaches."""

    @endpoint(None, scope="", output=RootOut)
    def get(self, request: Request) -> HttpResponse:
        """Whose token this is, the programs it reaches, and what it may do in each."""
        shown = {"person_id": self.person.pk, "name": str(self.person), "programs": self.reached}
        return respond(self.shown(shown, scopes=self.caller.scopes))


@csrf_exempt
@public_page
def nowhere(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any address of the API that does not exist."""
    return respond_problem(Problem("not-found"), request.request_id)
