"""Records as the auditors' API tells them."""

from typing import Any

from rest_framework import serializers

from audits.enums import (
    ActionState,
    Answer,
    AssignmentState,
    InspectionKind,
    InspectionState,
    InterviewPlace,
    TeamRole,
)
from audits.models import Inspection
from wsr.api.serializers import Out


class MeOut(Out):
    """Who asks, and what this server takes."""

    person_id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    program = serializers.SlugField()
    program_name = serializers.CharField()
    time_zone = serializers.CharField(help_text="Days of the program are days there.")
    roles = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    now = serializers.DateTimeField(help_text="By the server's clock; compare it with the device's.")
    batch_items = serializers.IntegerField(help_text="How many items a batch may have.")
    upload_bytes = serializers.IntegerField(help_text="How large a file may be.")
    chunk_bytes = serializers.IntegerField(help_text="How large a chunk of an upload may be.")


class TeamMemberOut(Out):
    """Somebody on the team."""

    person_id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=TeamRole.choices)
    state = serializers.ChoiceField(choices=AssignmentState.choices)


class AssignmentOut(Out):
    """That you are asked to join an inspection, and what you answered."""

    id = serializers.UUIDField()
    inspection_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=TeamRole.choices)
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why you declined, or were taken off.")


class InspectionOut(Out):
    """One visit, with what the team needs of the place."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Its ETag.")
    number = serializers.IntegerField(
        allow_null=True, help_text="None while an unannounced visit is not over."
    )
    kind = serializers.ChoiceField(choices=InspectionKind.choices)
    state = serializers.ChoiceField(choices=InspectionState.choices)
    is_announced = serializers.BooleanField(help_text="False: speak of it to nobody outside the team.")
    code_id = serializers.UUIDField(help_text="Version of the code that is inspected.")
    workplace_id = serializers.UUIDField()
    workplace_name = serializers.CharField()
    supplier_id = serializers.UUIDField()
    supplier_name = serializers.CharField()
    address = serializers.CharField()
    country = serializers.CharField()
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True)
    languages = serializers.ListField(child=serializers.CharField(), help_text="Spoken there.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    purpose = serializers.CharField()
    follows_id = serializers.UUIDField(allow_null=True)
    workers_present = serializers.IntegerField(allow_null=True)
    interview_share = serializers.DecimalField(
        max_digits=5, decimal_places=4, allow_null=True, help_text="0.5: half of the workers present."
    )
    interviews_needed = serializers.SerializerMethodField()
    few_interviews_reason = serializers.CharField()
    summary = serializers.CharField()
    arrived_at = serializers.DateTimeField(allow_null=True)
    left_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()

    def get_interviews_needed(self, inspection: Inspection) -> int | None:
        """How many workers the program's floor asks for; None without a floor or a count."""
        return inspection.interviews_needed()


class SealOut(serializers.Serializer):
    """That the inspection was submitted and sealed."""

    inspection_id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="1 for the first submission.")
    sha256 = serializers.CharField(help_text="Of the canonical JSON of all its records.")
    sealed_at = serializers.DateTimeField()


class ChecklistLineOut(serializers.Serializer):
    """One thing to answer."""

    provision_id = serializers.UUIDField(source="provision.pk")
    question_id = serializers.UUIDField(source="question.pk", allow_null=True, default=None)
    reference = serializers.CharField(source="provision.reference")
    provision = serializers.CharField(source="provision.title")
    provision_text = serializers.CharField(source="provision.text")
    severity_id = serializers.UUIDField(source="provision.severity_id", allow_null=True)
    text = serializers.CharField()
    guidance = serializers.SerializerMethodField()

    def get_guidance(self, line: Any) -> str:
        """How to verify it."""
        return line.question.guidance if line.question else ""


class SeverityOut(serializers.Serializer):
    """How grave a breach is, in the program's words."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    label = serializers.CharField()
    position = serializers.IntegerField(help_text="0 is the gravest.")


class ChecklistOut(Out):
    """All that is asked at one visit."""

    inspection_id = serializers.UUIDField()
    code_id = serializers.UUIDField()
    version = serializers.CharField(help_text="Its ETag: changes when a line does.")
    lines = ChecklistLineOut(many=True)
    severities = SeverityOut(many=True)


class EarlierFindingOut(Out):
    """What a report of an earlier visit to the same workplace says."""

    id = serializers.UUIDField(help_text="Send it as repeat_of_id of the same breach found again.")
    reference = serializers.CharField()
    title = serializers.CharField()
    severity = serializers.CharField()
    inspection_number = serializers.IntegerField(allow_null=True)
    found_on = serializers.CharField()


class RecordOut(Out):
    """What every record of a visit has."""

    id = serializers.UUIDField()
    inspection_id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Its ETag.")
    by_id = serializers.UUIDField(help_text="Who wrote it last.")
    noted_at = serializers.DateTimeField(help_text="By the clock of the device.")
    received_at = serializers.DateTimeField(help_text="By the clock of the server.")
    updated_at = serializers.DateTimeField()


class ResponseOut(RecordOut):
    """The answer to a line of the checklist."""

    provision_id = serializers.UUIDField()
    question_id = serializers.UUIDField(allow_null=True)
    answer = serializers.ChoiceField(choices=Answer.choices)
    note = serializers.CharField()


class InterviewOut(RecordOut):
    """Workers interviewed, counted and never named."""

    workers = serializers.IntegerField()
    place = serializers.ChoiceField(choices=InterviewPlace.choices)
    language = serializers.CharField()
    held_on = serializers.DateField()
    note = serializers.CharField()


class FindingOut(RecordOut):
    """A breach that was found."""

    provision_id = serializers.UUIDField()
    severity_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    description = serializers.CharField()
    remedy = serializers.CharField()
    workers_affected = serializers.IntegerField(allow_null=True)
    repeat_of_id = serializers.UUIDField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField()


class EvidenceOut(RecordOut):
    """A photo, document or recording; only its cleaned copy is kept."""

    finding_id = serializers.UUIDField(allow_null=True)
    file_id = serializers.UUIDField()
    name = serializers.CharField(source="file.name")
    media_type = serializers.CharField(source="file.media_type")
    size = serializers.IntegerField(source="file.size", help_text="Bytes of the cleaned copy.")
    sha256 = serializers.CharField(source="file.sha256", help_text="Of the cleaned copy.")
    sent_sha256 = serializers.CharField(help_text="Of what the device sent.")
    caption = serializers.CharField()
    replaces_id = serializers.UUIDField(allow_null=True)


class UploadOut(Out):
    """A file on its way."""

    id = serializers.UUIDField()
    inspection_id = serializers.UUIDField(source="circle_id")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes, as declared.")
    sha256 = serializers.CharField(help_text="As declared.")
    chunk_size = serializers.IntegerField(help_text="The longest chunk, in bytes.")
    received = serializers.IntegerField(help_text="Bytes that are here: go on from there.")
    is_finished = serializers.BooleanField(help_text="Whether the cleaned copy is kept.")
    file_id = serializers.UUIDField(allow_null=True)


class ActionOut(Out):
    """Something that a workplace must put right."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Its ETag.")
    number = serializers.IntegerField()
    workplace_id = serializers.UUIDField()
    inspection_id = serializers.UUIDField(allow_null=True, help_text="The visit that found it.")
    finding_id = serializers.UUIDField(allow_null=True)
    provision_id = serializers.UUIDField(allow_null=True)
    severity_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    action = serializers.CharField()
    state = serializers.ChoiceField(choices=ActionState.choices)
    due_on = serializers.DateField(allow_null=True)
    is_original = serializers.BooleanField(help_text="From the initial inspection; progress counts these.")
    agreed_at = serializers.DateTimeField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True, help_text="When the supplier said it is fixed.")
    verified_at = serializers.DateTimeField(allow_null=True, help_text="When somebody else saw that it is.")
    updated_at = serializers.DateTimeField()


class QuestionOut(Out):
    """A question of a checklist."""

    id = serializers.UUIDField()
    code_id = serializers.UUIDField()
    provision_id = serializers.UUIDField()
    text = serializers.CharField()
    guidance = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField(), help_text="Empty: asked at every visit.")
    position = serializers.IntegerField()
    retired_at = serializers.DateTimeField(allow_null=True)


class ReportOut(Out):
    """A version of a report about a workplace you inspect."""

    id = serializers.UUIDField()
    inspection_id = serializers.UUIDField()
    workplace_id = serializers.UUIDField()
    number = serializers.IntegerField()
    stage = serializers.CharField()
    issued_at = serializers.DateTimeField(allow_null=True)
    body = serializers.JSONField()
