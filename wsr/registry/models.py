"""The public record: permanent identities, signed publications, versions of records, and what search reads.

`Record` and `Publication` are only ever added to. A version's content lies in `Content`, which a redaction removes; the
version, its leaf and its proof stay.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.registry.enums import Act, Reason, Wish
from wsr.tenancy.models import ProgramModel


class Identity(ProgramModel):
    """The permanent public id of one subject, given at its first publication. Survives merge and withdrawal."""

    kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    public_id = models.CharField(max_length=10, unique=True)
    merged_into = models.CharField(max_length=10, blank=True)
    is_redacted = models.BooleanField(default=False, help_text="Redacted as a whole: never published again.")
    gone_names = ArrayField(
        models.CharField(max_length=80), default=list, help_text="Digests of its names, once it is redacted."
    )
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "kind", "subject_id"], name="identity_once")
        ]


class Publication(ProgramModel):
    """One dated release: what changed, and the signed head over everything published so far."""

    number = models.PositiveIntegerField(_("number"))
    published_at = models.DateTimeField(_("published"))
    size = models.BigIntegerField(help_text="Leaves in the log.")
    root = models.BinaryField(max_length=32)
    peaks = models.BinaryField(
        help_text="Roots of the log's complete subtrees, 32 bytes each, largest first."
    )
    consistency = models.BinaryField(help_text="Proof that this log extends the one before, 32 bytes each.")
    head = models.TextField(help_text="Signed head in checkpoint form.")
    files = models.CharField(max_length=64, help_text="SHA-256 of the list of checksums.")
    history_head = models.TextField(blank=True, help_text="Newest signed head of the program's history.")
    counts = models.JSONField(default=dict, help_text="{kind: {act: how many}}")
    gates = models.JSONField(default=list)
    seen_transaction = models.BigIntegerField(
        help_text="Rows changed by this transaction or later may be unpublished."
    )

    class Meta(ProgramModel.Meta):
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="publication_number_once")]

    def __str__(self) -> str:
        return f"Publication {self.number}"


class Record(ProgramModel):
    """One version of one record, as the log knows it: its commitment, its leaf, its proof."""

    public_id = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    act = models.CharField(max_length=12, choices=Act.choices)
    publication = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    effective_on = models.DateField(null=True)
    leaf_index = models.BigIntegerField()
    commitment = models.BinaryField(max_length=32)
    proof = models.BinaryField(help_text="Inclusion under the head of its publication, 32 bytes each.")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "public_id", "version"], name="record_version_once"),
            models.UniqueConstraint(fields=["program", "leaf_index"], name="record_leaf_once"),
            models.CheckConstraint(name="record_act_known", condition=Q(act__in=Act.values)),
        ]
        indexes = [
            models.Index(fields=["public_id", "version"], name="record_by_public_id"),
            models.Index(fields=["program", "publication", "public_id"], name="record_of_publication"),
        ]


class Content(ProgramModel):
    """What a version said; its id is the version's. A redaction deletes it."""

    public_id = models.CharField(max_length=10)
    salt = models.BinaryField(max_length=16)
    body = models.TextField(help_text="Canonical JSON: content, withheld, effective_on, published_at.")

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["program", "public_id"], name="content_of_record")]


class Listing(ProgramModel):
    """The newest version of a record, as search and lists need it. Holds nothing that is not published."""

    public_id = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    act = models.CharField(max_length=12)
    publication = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    merged_into = models.CharField(max_length=10, blank=True)
    is_shown = models.BooleanField()
    digest = models.BinaryField(
        max_length=32, help_text="Of the content without its date; empty after a redaction."
    )
    name = models.CharField(max_length=300, blank=True)
    name_key = models.CharField(max_length=300, blank=True)
    search = models.TextField(blank=True, help_text="Name, other names, address and id, folded for search.")
    place = models.CharField(max_length=700, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=100, blank=True)
    products = ArrayField(models.CharField(max_length=200), default=list)
    related = ArrayField(
        models.CharField(max_length=10), default=list, help_text="Public ids that this record names."
    )
    identifiers = ArrayField(
        models.CharField(max_length=120),
        default=list,
        help_text="What others call it: OS ID, LEI, company number, each as kind:value.",
    )
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "public_id"], name="listing_once")]
        indexes = [
            models.Index(fields=["public_id"], name="listing_by_public_id"),
            models.Index(fields=["name_key", "id"], condition=Q(is_shown=True), name="listing_by_name"),
            models.Index(
                fields=["program", "kind", "name_key", "id"],
                condition=Q(is_shown=True),
                name="listing_of_kind",
            ),
            models.Index(
                fields=["country", "region", "name_key", "id"],
                condition=Q(is_shown=True),
                name="listing_by_place",
            ),
            models.Index(
                fields=["standing", "name_key", "id"], condition=Q(is_shown=True), name="listing_by_standing"
            ),
            GinIndex(OpClass("search", "gin_trgm_ops"), name="listing_search"),
            GinIndex("products", name="listing_products"),
            GinIndex("related", name="listing_related"),
            GinIndex("identifiers", name="listing_identifiers"),
            models.Index(
                fields=["longitude", "latitude"],
                include=("public_id", "program"),
                condition=Q(is_shown=True, latitude__isnull=False),
                name="listing_by_point",
            ),
        ]


class Facet(ProgramModel):
    """How many shown records of a kind have a value; counted at publication."""

    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    count = models.PositiveIntegerField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "name", "kind", "value"], name="facet_once")
        ]


class Instruction(ProgramModel):
    """What the program asked of the next publications for one subject, by whom and why."""

    kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    wish = models.CharField(_("what"), max_length=12, choices=Wish.choices)
    reason_code = models.CharField(
        _("reason shown in public"), max_length=30, choices=Reason.choices, blank=True
    )
    note = models.TextField(_("why"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_in = models.PositiveIntegerField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="instruction_wish_known", condition=Q(wish__in=Wish.values))
        ]
        indexes = [models.Index(fields=["program"], condition=Q(done_in=None), name="instruction_open")]


class Override(ProgramModel):
    """The director publishes although a gate is not met, and says why in public."""

    gate = models.CharField(max_length=60)
    reason = models.TextField(_("reason, shown in public"))
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "gate"], condition=Q(ended_at=None), name="override_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.gate
