"""Where gateways call: one address for each number. What they bring is never logged, kept in an error report, or put into a task."""

import logging
import traceback

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from wsr.accounts.doors import public_page
from wsr.notices.texts import gateways, reports, shape
from wsr.reactions import react
from wsr.vault.secrets import TooBusy

logger = logging.getLogger(__name__)
AGAIN = 30  # seconds


@public_page
@csrf_exempt
@require_POST
@sensitive_variables()
def called(request: HttpRequest, gateway: str) -> HttpResponse:
    """204 for what was taken in, now or before; 401 for who is not believed; 400 for another shape; 503 for later."""
    now = timezone.now()
    try:
        known = gateways.named(gateway)
        body = request.read(shape.MOST_BYTES + 1)
        if len(body) > shape.MOST_BYTES:
            raise shape.NotBelieved
        said = shape.understood(known, shape.believed(known, request.headers, body, at=now), body)
        if isinstance(said, shape.Report):
            reports.report(said, at=now)
        else:
            react("text.received", arrived=said, at=now)
    except shape.NotBelieved:
        return HttpResponse(status=401)
    except shape.NotUnderstood:
        return HttpResponse(status=400)
    except TooBusy:
        return _later()
    except Exception as error:  # its words may quote the message: only the place is logged
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{frame.name} {frame.filename}:{frame.lineno}" for frame in reversed(frames))
        logger.error("text not taken in error=%s at %s", type(error).__name__, where)
        return _later()
    return HttpResponse(status=204)


def _later() -> HttpResponse:
    """Gateways send it again."""
    return HttpResponse(status=503, headers={"Retry-After": str(AGAIN)})
