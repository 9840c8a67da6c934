"""Following a link to a file."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wsr.accounts.doors import signed_in
from wsr.files import links
from wsr.files.models import StoredFile
from wsr.files.serving import as_download


@signed_in
@require_GET
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, to the person the link was made for, while it is good."""
    try:
        file = links.followed(token, person=request.user, at=timezone.now())
    except links.LinkExpired as error:
        return render(request, "files/expired.html", {"sentence": str(error)}, status=410)
    except StoredFile.DoesNotExist:
        raise Http404("No such link for this person.") from None
    return as_download(file)
