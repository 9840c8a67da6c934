"""Drafts of agreements, and answers of brands and suppliers that wait for the program."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.enums import AgreementState, VersionState
from agreements.models import Agreement, AgreementVersion
from agreements.operations.obligations import title_of
from agreements.queries import obligations as queries
from wsr.accounts.grants import Permission
from wsr.handover.kinds import MOST, Item, Kind, Leaving
from wsr.handover.models import Keeper
from wsr.handover.operations import keep
from wsr.handover.queries import kept_by, seen_to
from wsr.history.models import Event

_BEGUN = ("agreement.started", "agreement.drafted")


def drafts(leaving: Leaving) -> Iterator[Item]:
    """Texts that are not signed yet, of who began them or was given them since."""
    writing = AgreementVersion.objects.filter(
        agreement=OuterRef("pk"), state__in=(VersionState.DRAFT, VersionState.PROPOSED)
    )
    rows = Agreement.objects.filter(Exists(writing)).exclude(state=AgreementState.WITHDRAWN)
    kept = kept_by(leaving.people, "agreements.agreement")
    others = Keeper.objects.filter(subject_type="agreements.agreement", subject_id=OuterRef("pk"))
    begun = _begun(leaving, rows)
    hers = Q(pk__in=list(kept)) | (Q(pk__in=list(begun)) & ~Exists(others))
    for agreement in rows.filter(hers).order_by("number")[:MOST]:
        yield Item(
            subject=("agreements.agreement", agreement.pk),
            title=str(agreement),
            url=reverse("agreements:agreement", args=[leaving.program_slug, agreement.pk]),
            holder_id=kept.get(agreement.pk) or begun.get(agreement.pk),
            why=_("A text of it is not signed yet."),
        )


def _begun(leaving: Leaving, rows: "object") -> dict[object, object]:
    """{agreement: who of these began the text that is on its way}."""
    open_versions = dict(
        AgreementVersion.objects.filter(
            agreement__in=rows, state__in=(VersionState.DRAFT, VersionState.PROPOSED)
        ).values_list("pk", "agreement_id")
    )
    subjects = {*open_versions, *open_versions.values()}
    said = Event.objects.filter(
        event__in=_BEGUN, subject_id__in=subjects, actor_id__in=leaving.people
    ).order_by("at", "pk")
    return {open_versions.get(pk, pk): actor for pk, actor in said.values_list("subject_id", "actor_id")}


def to_decide(leaving: Leaving) -> Iterator[Item]:
    """Answers to obligations that wait to be accepted or returned."""
    seen = seen_to(leaving, queries.obligations().to_decide(), Permission.OBLIGATION_DECIDE)
    for one in seen.rows.order_by("submitted_at", "pk")[:MOST]:
        yield seen.item(
            one,
            title_of(one),
            reverse("agreements:obligation", args=[leaving.program_slug, one.pk]),
            why=queries.why_decided(one),
        )


HANDOVER = [
    Kind(
        "agreements.drafts",
        gettext_lazy("Agreements that are being written"),
        Permission.AGREEMENT_CHANGE,
        drafts,
        keep,
    ),
    Kind(
        "agreements.obligations",
        gettext_lazy("Answers to obligations"),
        Permission.OBLIGATION_DECIDE,
        to_decide,
        keep,
    ),
]
APART = ("agreements.obligation",)
