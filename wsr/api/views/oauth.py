"""Where devices and firms get tokens: allauth's provider, with what it leaves open closed.

Tokens are opaque. A refresh token is replaced with each use; the one before stays good until its successor is used, so that an answer
lost on a poor line does not lock a device out.
"""

import json
from typing import Any

from allauth.idp.oidc import views
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.server import get_server
from allauth.idp.oidc.internal.oauthlib.utils import convert_response, extract_params
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant

from wsr.accounts.doors import public_page
from wsr.api import limits
from wsr.api.problems import Problem
from wsr.api.scopes import declared

WAITING = ("authorization_pending", "slow_down")


class Validator(OAuthLibRequestValidator):
    """oauthlib asks here whether the device code was allowed; allauth has found that out before it asks."""

    def validate_device_code(
        self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any
    ) -> str | None:
        """The person is set once she has allowed it (`views.TokenView`)."""
        return DeviceCodeGrant.DEVICE_CODE_AUTHORIZED if request.user is not None else None


class Guarded:
    """What none of allauth's views checks: characters that cannot be kept, resources we do not have, and how often one tries."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As the view, or an OAuth error."""
        unkept = any("\0" in name + value for name, values in request.POST.lists() for value in values)
        if unkept or "resource" in request.POST:
            return refuse("invalid_target" if "resource" in request.POST else "invalid_request")
        try:
            response = super().post(request, *args, **kwargs)
        except (ValueError, ValidationError):  # what oauthlib cannot parse
            return refuse("invalid_request")
        if response.status_code >= 400 and not any(word in response.content.decode() for word in WAITING):
            try:
                limits.check(limits.of_network(request))
            except Problem as problem:
                return refuse("slow_down", status=429, headers=dict(problem.headers))
        return response


def refuse(error: str, *, status: int = 400, headers: dict[str, str] | None = None) -> JsonResponse:
    """An OAuth error (RFC 6749, 5.2)."""
    return JsonResponse({"error": error}, status=status, headers=headers)


class DeviceCode(Guarded, views.DeviceCodeView):
    """A device asks for a code that its person types elsewhere."""


class TokenEndpoint(Guarded, views.TokenView):
    """Tokens for an allowed device code, a refresh token, or a firm's client."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """In one transaction with what follows from it."""
        with transaction.atomic():
            used = _refresh_token(request)
            response = super().post(request, *args, **kwargs)
            if used is not None and response.status_code == 200:
                _keep_until_successor_is_used(used, response)
        return response

    def _create_token_response(
        self, request: HttpRequest, *, user: Any = None, data: Any = None
    ) -> HttpResponse:
        server = get_server(pre_token=[lambda asked: self._pre_token(asked, user, data)])
        server.device_code_grant.request_validator = Validator()
        return convert_response(*server.create_token_response(*extract_params(request)))


class Revocation(Guarded, views.RevokeView):
    """A device that is given back forgets its tokens."""


def _refresh_token(request: HttpRequest) -> Token | None:
    if request.POST.get("grant_type") != Client.GrantType.REFRESH_TOKEN:
        return None
    sent = request.POST.get("refresh_token", "")
    tokens = Token.objects.valid().by_value(sent).filter(type=Token.Type.REFRESH_TOKEN)
    found = tokens.first()
    if found is None:
        return None
    with connection.cursor() as cursor:
        # Of two at once the second waits, and finds the token as the first left it. A lock on the row would not do: a used
        # token is deleted and kept as a new row, and its successor is another one.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('refresh ' || %s, 0))", [str(found.user_id)]
        )
    return tokens.first()


def _keep_until_successor_is_used(used: Token, response: HttpResponse) -> None:
    """The used token is good once more if its successor never arrives; its own predecessor is not needed any longer."""
    successor = get_adapter().hash_token(json.loads(response.content)["refresh_token"])
    refreshing = Token.objects.filter(
        type=Token.Type.REFRESH_TOKEN, client_id=used.client_id, user_id=used.user_id
    )
    refreshing.filter(data__followed_by=used.hash).delete()
    lost = (used.data or {}).get("followed_by")
    if lost:
        refreshing.filter(hash=lost).delete()
    used.pk = None
    used.data = {**(used.data or {}), "followed_by": successor}
    used.save(force_insert=True)


@public_page
def metadata(request: HttpRequest) -> JsonResponse:
    """Where everything is (RFC 8414)."""
    return JsonResponse(
        {
            "issuer": settings.BASE_URL,
            "token_endpoint": settings.BASE_URL + reverse("idp:oidc:token"),
            "revocation_endpoint": settings.BASE_URL + reverse("idp:oidc:revoke"),
            "device_authorization_endpoint": settings.BASE_URL + reverse("idp:oidc:device_code"),
            "grant_types_supported": [
                Client.GrantType.DEVICE_CODE.value,
                Client.GrantType.REFRESH_TOKEN.value,
                Client.GrantType.CLIENT_CREDENTIALS.value,
            ],
            "response_types_supported": [],
            "scopes_supported": list(declared()),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "service_documentation": settings.BASE_URL + reverse("api:documentation"),
        }
    )


device_code = public_page(DeviceCode.as_view())
token = public_page(TokenEndpoint.as_view())
revoke = public_page(Revocation.as_view())
