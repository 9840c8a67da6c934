"""A program's rules beside a blueprint's or another program's."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programs import blueprints, queries
from programs.blueprints.words import in_words
from programs.queries import comparing
from wsr.accounts.doors import own_scope, requires_at_the_door
from wsr.accounts.grants import Permission
from wsr.accounts.queries import Standing
from wsr.tenancy import program_scope


@requires_at_the_door(Permission.RULE_READ)
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Side by side with `?with=`: a blueprint, or the short name of another program in which the person may read rules."""
    others = {
        standing.program.slug: standing
        for standing in request.standings
        if standing.program.pk != request.program.pk and Permission.RULE_READ in standing.permissions
    }
    chosen = request.GET.get("with") or request.program.blueprint or "empty"
    is_own = chosen == request.program.blueprint  # whose rungs and severities began as the same
    theirs, name = _theirs(request, chosen, others)
    only_differences = "all" not in request.GET
    with own_scope(request):
        mine = comparing.of_program(on=queries.today(timezone.now()), whole=is_own)
        context = {
            "sections": comparing.compared(mine, theirs, only_differences=only_differences),
            "chosen": chosen,
            "chosen_name": name,
            "only_differences": only_differences,
            "choices": [
                (_("Blueprints"), [(key, in_words(blueprints.load(key).name)) for key in blueprints.KEYS]),
                (_("Your programs"), [(slug, other.program.name) for slug, other in others.items()]),
            ],
        }
        return render(request, "programs/compare.html", context)


def _theirs(
    request: HttpRequest, chosen: str, others: dict[str, Standing]
) -> tuple[dict[str, comparing.Side], str]:
    """The other side, and its name; another program is read in a scope of its own, before the scope of this one."""
    if chosen in blueprints.KEYS:
        whole = chosen == request.program.blueprint
        return comparing.of_blueprint(chosen, whole=whole), in_words(blueprints.load(chosen).name)
    if chosen not in others:
        raise Http404
    standing = others[chosen]
    with program_scope(
        standing.program.pk,
        standing.audience,
        person_id=request.user.pk,
        organization_id=standing.organization_id,
    ):
        return comparing.of_program(on=queries.today(timezone.now())), standing.program.name
