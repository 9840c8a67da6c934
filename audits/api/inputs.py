"""What a device may send, checked before any operation sees it."""

from typing import Any

from rest_framework import serializers

from audits.api.shape import LONG_TEXT, moment
from audits.enums import (
    UNFIXED,
    ActionState,
    Answer,
    AssignmentState,
    InspectionKind,
    InspectionState,
    InterviewPlace,
    Tie,
)
from wsr.api.serializers import Input, Query

MOST_ITEMS = 500
MOST_WORKERS = 2_000_000
LONGEST_CHUNK = 2 * 1024 * 1024  # bytes
VISIT = ("workers_present", "few_interviews_reason", "summary")


def _text(most: int = LONG_TEXT, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, **({"allow_blank": True, "required": False} | options))


# ── Filters ──────────────────────────────────────────────────────────────────────────────────────


class AssignmentsQuery(Query):
    """Which assignments."""

    state = serializers.ChoiceField(choices=AssignmentState.choices, required=False)


class InspectionsQuery(Query):
    """Which inspections."""

    state = serializers.ChoiceField(choices=InspectionState.choices, required=False)
    kind = serializers.ChoiceField(choices=InspectionKind.choices, required=False)
    workplace_id = serializers.UUIDField(required=False)
    starts_from = serializers.DateField(required=False, help_text="First day on or after this.")
    starts_until = serializers.DateField(required=False, help_text="First day on or before this.")
    changed_since = moment(required=False)


class RecordsQuery(Query):
    """Which records of a visit."""

    changed_since = moment(required=False)


class FindingsQuery(RecordsQuery):
    """Which findings."""

    provision_id = serializers.UUIDField(required=False)
    is_withdrawn = serializers.BooleanField(required=False, allow_null=True, default=None)


class EvidenceQuery(RecordsQuery):
    """Which evidence."""

    finding_id = serializers.UUIDField(required=False)


class ActionsQuery(Query):
    """Which corrective actions."""

    state = serializers.ChoiceField(choices=ActionState.choices, required=False)
    workplace_id = serializers.UUIDField(required=False)
    is_open = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text=f"Not verified as fixed: {', '.join(UNFIXED)}.",
    )


# ── Acts ─────────────────────────────────────────────────────────────────────────────────────────


class AcceptIn(Input):
    """A declaration of independence. Any tie bars you from the supplier, at once."""

    ties = serializers.ListField(
        child=serializers.ChoiceField(choices=Tie.choices),
        max_length=len(Tie.choices),
        help_text="What ties you to the supplier. Empty: nothing does.",
    )
    statement = _text(2_000, help_text="In your own words.")


class ReasonIn(Input):
    """Why."""

    reason = _text(2_000, required=True, allow_blank=False)


class ArriveIn(Input):
    """The visit begins."""

    workers_present = serializers.IntegerField(
        min_value=0, max_value=MOST_WORKERS, required=False, allow_null=True
    )


class NothingIn(Input):
    """Nothing to say: {}."""


class SubmitIn(Input):
    """Hand it in."""

    reason = _text(2_000, help_text="After it was returned: what changed, and why.")


class VisitIn(Input):
    """What is said about the visit as a whole; leave out what stays."""

    workers_present = serializers.IntegerField(
        min_value=0, max_value=MOST_WORKERS, required=False, allow_null=True
    )
    few_interviews_reason = _text(2_000)
    summary = _text()


class NoteIn(Input):
    """A note, if there is something to say."""

    note = _text(2_000)
    inspection_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The visit at which you saw it."
    )


class RejectIn(Input):
    """Why it is not fixed."""

    reason = _text(2_000, required=True, allow_blank=False)
    inspection_id = serializers.UUIDField(required=False, allow_null=True)


# ── Records ──────────────────────────────────────────────────────────────────────────────────────


class RecordIn(Input):
    """What every new record has. `id`: a UUIDv7 made by the device, so that sending it twice writes it once."""

    id = serializers.UUIDField(required=False, help_text="A UUIDv7 made by the device.")
    noted_at = moment(help_text="By the clock of the device.")


class ResponseFields(Input):
    """An answer."""

    provision_id = serializers.UUIDField()
    question_id = serializers.UUIDField(required=False, allow_null=True)
    answer = serializers.ChoiceField(choices=Answer.choices)
    note = _text()


class ResponseIn(RecordIn, ResponseFields):
    """The answer to a line of the checklist."""


class InterviewFields(Input):
    """Workers interviewed, counted and never named."""

    workers = serializers.IntegerField(min_value=1, max_value=MOST_WORKERS)
    place = serializers.ChoiceField(choices=InterviewPlace.choices)
    language = _text(20)
    held_on = serializers.DateField()
    note = _text(help_text="Nothing that points to a person.")


class InterviewIn(RecordIn, InterviewFields):
    """A new interview."""


class FindingFields(Input):
    """A breach."""

    provision_id = serializers.UUIDField()
    severity_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The provision's own unless you give one."
    )
    title = _text(300, required=True, allow_blank=False)
    description = _text()
    remedy = _text()
    workers_affected = serializers.IntegerField(
        min_value=0, max_value=MOST_WORKERS, required=False, allow_null=True
    )
    repeat_of_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The same breach found before at this workplace."
    )


class FindingIn(RecordIn, FindingFields):
    """A new finding."""


class ResponseChange(Input):
    """A changed answer; leave out what stays."""

    noted_at = moment(required=False)
    answer = serializers.ChoiceField(choices=Answer.choices, required=False)
    note = _text()


class InterviewChange(Input):
    """A changed interview; leave out what stays."""

    noted_at = moment(required=False)
    workers = serializers.IntegerField(min_value=1, max_value=MOST_WORKERS, required=False)
    place = serializers.ChoiceField(choices=InterviewPlace.choices, required=False)
    language = _text(20)
    held_on = serializers.DateField(required=False)
    note = _text()


class FindingChange(Input):
    """A changed finding; leave out what stays."""

    noted_at = moment(required=False)
    provision_id = serializers.UUIDField(required=False)
    severity_id = serializers.UUIDField(required=False, allow_null=True)
    title = _text(300, allow_blank=False)
    description = _text()
    remedy = _text()
    workers_affected = serializers.IntegerField(
        min_value=0, max_value=MOST_WORKERS, required=False, allow_null=True
    )
    repeat_of_id = serializers.UUIDField(required=False, allow_null=True)


class FindingsIn(Input):
    """Many findings at once."""

    items = FindingIn(many=True, max_length=MOST_ITEMS, min_length=1, allow_empty=False)


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


class UploadIn(Input):
    """A file that is to come, in chunks."""

    id = serializers.UUIDField(required=False, help_text="A UUIDv7 made by the device.")
    name = serializers.CharField(max_length=255)
    size = serializers.IntegerField(min_value=1, max_value=2**40, help_text="Bytes.")
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", max_length=64, help_text="Of the whole file.")
    chunk_size = serializers.IntegerField(
        min_value=1024, max_value=LONGEST_CHUNK, help_text="The longest chunk you will send, in bytes."
    )


class EvidenceIn(RecordIn):
    """An upload that is finished becomes evidence."""

    upload_id = serializers.UUIDField()
    finding_id = serializers.UUIDField(required=False, allow_null=True)
    caption = _text(300)
    replaces_id = serializers.UUIDField(required=False, allow_null=True)
