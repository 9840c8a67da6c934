"""The committee of a program: who sits on it, its meetings, agendas, decisions and minutes.

What it decides about petitions stands in `disputes`; votes are one table for both. A sitting is a meeting of the committee (`Meeting` is one
with a supplier on the ladder). Portals reach these rows by a seat, see `agreements/policies/committee.py`: from the call on, and never an item in
which they have an interest.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import (
    ITEM_MOVES,
    MINUTES_MOVES,
    SITTING_MOVES,
    ItemKind,
    ItemState,
    MinutesState,
    SeatSide,
    SittingState,
)
from agreements.models.disputes import Dispute
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class SeatQuerySet(models.QuerySet):
    """Chains of seats."""

    def on(self, day: date) -> "SeatQuerySet":
        """Whose term has begun on that day and is not over."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def voting(self) -> "SeatQuerySet":
        """With a vote of their own: no witness, no alternate."""
        return self.filter(has_vote=True, alternate_for=None)


class Seat(ProgramModel):
    """One member of the committee for one term, or her alternate. `person`: her account, where she has one; `participation`: whom she sits for."""

    side = models.CharField(_("side"), max_length=10, choices=SeatSide.choices)
    name = models.CharField(_("name"), max_length=200)
    organization = models.CharField(_("organization"), max_length=300, blank=True)
    participation = ProgramForeignKey(Participation, related_name="+", null=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    has_vote = models.BooleanField(_("has a vote"), default=True)
    alternate_for = ProgramForeignKey("self", related_name="alternates", null=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = ProgramModel.manager_from(SeatQuerySet)

    class Meta(ProgramModel.Meta):
        ordering = ["side", "name", "id"]
        constraints = [
            models.CheckConstraint(name="seat_side_known", condition=Q(side__in=SeatSide.values)),
            models.CheckConstraint(
                name="seat_witness_has_no_vote", condition=~Q(side=SeatSide.WITNESS) | Q(has_vote=False)
            ),
            models.CheckConstraint(
                name="seat_term_in_order", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="seat_is_not_its_own_alternate",
                condition=Q(alternate_for=None) | ~Q(alternate_for=F("id")),
            ),
            models.UniqueConstraint(
                fields=["program", "person"],
                condition=Q(person__isnull=False, ends_on=None),
                name="seat_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.organization}" if self.organization else self.name


class Sitting(ProgramModel):
    """A meeting of the committee. `quorum`: what was asked for and who voted for each side, as it was counted when it was held.

    `last_number`: the highest that an item ever had. None is given twice, also where whoever adds an item does not see the one before.
    """

    serial = models.PositiveIntegerField(editable=False)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place or call"), max_length=500)
    note = models.TextField(_("note to the members"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SittingState.choices, default=SittingState.PLANNED
    )
    called_at = models.DateTimeField(_("called"), null=True)
    held_at = models.DateTimeField(_("held"), null=True)
    quorum = models.JSONField(default=dict)
    last_number = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "serial"], name="sitting_serial_once"),
            models.CheckConstraint(name="sitting_state_known", condition=Q(state__in=SittingState.values)),
            models.CheckConstraint(
                name="sitting_held_was_called",
                condition=~Q(state=SittingState.HELD) | Q(called_at__isnull=False, held_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["program", "-starts_at", "id"], name="sitting_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As the committee calls it."""
        return f"C-{self.serial}"

    def may_become(self, state: SittingState) -> bool:
        """Whether the table of moves allows it."""
        return state in SITTING_MOVES[SittingState(self.state)]


class Attendance(ProgramModel):
    """One member who was invited to a meeting: whether she said that she comes, and whether she was there."""

    sitting = ProgramForeignKey(Sitting, related_name="attendances")
    seat = ProgramForeignKey(Seat, related_name="attendances")
    comes = models.BooleanField(_("comes"), null=True)
    was_present = models.BooleanField(_("was present"), null=True)

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "sitting", "seat"], name="attendance_once")]


class AgendaItem(ProgramModel):
    """One item of a meeting. What comes from the records is kept as it stood (`rows`: pairs of label and value), for exactly this meeting.

    `participation`: whom it concerns; whoever sits for it has an interest. `discussion` is what the minutes say. In public stands
    `public_text`, else the discussion where the item concerns nobody, else nothing; `is_withheld` leaves the item out.
    """

    sitting = ProgramForeignKey(Sitting, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind.choices)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    rows = models.JSONField(default=list)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    dispute = ProgramForeignKey(Dispute, related_name="items", null=True)
    participation = ProgramForeignKey(Participation, related_name="+", null=True)
    due_at = models.DateTimeField(_("to be decided by"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=ItemState.choices, default=ItemState.OPEN)
    discussion = models.TextField(_("what was said"), blank=True)
    public_text = models.TextField(_("what the public reads"), blank=True)
    is_withheld = models.BooleanField(_("left out in public"), default=False)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "sitting", "kind", "subject_id"],
                condition=Q(subject_id__isnull=False),
                name="agenda_item_once",
            ),
            models.CheckConstraint(name="agenda_item_kind_known", condition=Q(kind__in=ItemKind.values)),
            models.CheckConstraint(name="agenda_item_state_known", condition=Q(state__in=ItemState.values)),
            models.CheckConstraint(
                name="agenda_item_petition_has_dispute",
                condition=Q(kind=ItemKind.PETITION, dispute__isnull=False)
                | ~Q(kind=ItemKind.PETITION) & Q(dispute=None),
            ),
        ]
        indexes = [models.Index(fields=["program", "sitting", "position"], name="agenda_item_in_order")]

    def __str__(self) -> str:
        return self.title

    def may_become(self, state: ItemState) -> bool:
        """Whether the table of moves allows it."""
        return state in ITEM_MOVES[ItemState(self.state)]


class AgendaPaper(ProgramModel):
    """A file with an item. One row for the program's own people (no `participation`), and one for each portal that may read it."""

    item = ProgramForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="papers")
    file = ProgramForeignKey(StoredFile, related_name="+")
    participation = ProgramForeignKey(Participation, related_name="+", null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "item", "file", "participation"],
                name="agenda_paper_once",
                nulls_distinct=False,
            )
        ]


class Interest(ProgramModel):
    """A member's interest in an item: she does not vote on it and reads nothing about it. Declared by her, or found from whom she sits for."""

    item = ProgramForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="interests")
    seat = ProgramForeignKey(Seat, related_name="+")
    reason = models.CharField(_("interest"), max_length=500)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "item", "seat"], name="interest_once")]


class Resolution(ProgramModel):
    """A decision of the committee on one item. `votes`: {side: {choice: how many}}, as they were when it was decided.

    `actor`: who must act, by name; `participation`: the participant, where it is one. `due_on` runs as a clock until `done_at`.
    """

    item = ProgramForeignKey(AgendaItem, related_name="resolutions")
    serial = models.PositiveIntegerField(editable=False)
    text = models.TextField(_("decision"))
    is_adopted = models.BooleanField(_("adopted"), default=True)
    votes = models.JSONField(default=dict)
    effective_on = models.DateField(_("effective"))
    actor = models.CharField(_("who must act"), max_length=300, blank=True)
    participation = ProgramForeignKey(Participation, related_name="+", null=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    public_text = models.TextField(_("what the public reads"), blank=True)
    decided_at = models.DateTimeField(_("decided"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_note = models.TextField(_("what was done"), blank=True)

    class Meta(ProgramModel.Meta):
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "serial"], name="resolution_serial_once"),
            models.UniqueConstraint(fields=["program", "item"], name="resolution_once_per_item"),
            models.CheckConstraint(name="resolution_says_something", condition=~Q(text="")),
            models.CheckConstraint(name="resolution_due_has_actor", condition=Q(due_on=None) | ~Q(actor="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As the committee calls it."""
        return f"D-{self.serial}"

    @property
    def is_open(self) -> bool:
        """Somebody must still act."""
        return bool(self.is_adopted and self.actor and self.done_at is None)


class Minutes(ProgramModel):
    """The minutes of one meeting: what the items say, together. `version` rises whenever they go before the members again or are corrected."""

    sitting = ProgramForeignKey(Sitting, related_name="minutes")
    state = models.CharField(
        _("state"), max_length=10, choices=MinutesState.choices, default=MinutesState.DRAFT
    )
    opening = models.TextField(_("opening remarks"), blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    drafted_at = models.DateTimeField(_("drafted"))
    circulated_at = models.DateTimeField(_("sent to the members"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_in = ProgramForeignKey(Sitting, related_name="+", null=True)
    corrected_at = models.DateTimeField(_("corrected"), null=True)
    correction = models.CharField(_("what was corrected"), max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "sitting"], name="minutes_once"),
            models.CheckConstraint(name="minutes_state_known", condition=Q(state__in=MinutesState.values)),
            models.CheckConstraint(
                name="minutes_approved_has_moment",
                condition=Q(state__in=[MinutesState.DRAFT, MinutesState.CIRCULATED], approved_at=None)
                | Q(state__in=[MinutesState.APPROVED, MinutesState.WITHDRAWN], approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="minutes_withdrawn_with_reason",
                condition=Q(state=MinutesState.WITHDRAWN, withdrawn_at__isnull=False)
                & ~Q(withdrawn_because="")
                | ~Q(state=MinutesState.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_because=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sitting_id)

    def may_become(self, state: MinutesState) -> bool:
        """Whether the table of moves allows it."""
        return state in MINUTES_MOVES[MinutesState(self.state)]


class FormerText(ProgramModel):
    """What a version of the minutes said of an item, kept where it was reworded after the members had it before them. Never changed.

    The text of a version is the kept one of that version or of the first later one that is kept, else the item's own.
    """

    item = ProgramForeignKey(AgendaItem, related_name="former_texts")
    version = models.PositiveSmallIntegerField()
    discussion = models.TextField(_("what was said"), blank=True)
    public_text = models.TextField(_("what the public reads"), blank=True)
    is_withheld = models.BooleanField(_("left out in public"), default=False)
    reason = models.CharField(_("what was corrected"), max_length=500, blank=True)
    replaced_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["-version", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "item", "version"], name="former_text_once")
        ]


class Approval(ProgramModel):
    """A member's written answer to a version of the minutes: approved, or what must be changed first. Never changed."""

    minutes = ProgramForeignKey(Minutes, related_name="approvals")
    seat = ProgramForeignKey(Seat, related_name="+")
    version = models.PositiveSmallIntegerField()
    objection = models.TextField(_("what must be changed"), blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "minutes", "version", "seat"], name="approval_once")
        ]
