"""What was counted for the public: tables that are made once and never changed, and which complaints they hold."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Topic
from complaints.models.complaints import Complaint, OfComplaint
from programs.models import Participation
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class PublicTable(ProgramModel):
    """One published count of the complaints received in whole months, in total or taken apart; see `complaints.suppression`.

    `cells`: [[key, label, count], …], each of at least the threshold. `together`: labels of the categories that are counted as one.
    Made once, on its day, and never again: later changes of a complaint change nothing in it.
    """

    topic = models.CharField(max_length=20, choices=Topic.choices)
    begins_on = models.DateField(_("from"), help_text="First day of a month, in the program's time zone.")
    ends_on = models.DateField(_("until"), help_text="Last day of a month.")
    total = models.PositiveIntegerField(_("complaints"))
    cells = models.JSONField(default=list)
    together = models.JSONField(default=list)
    together_count = models.PositiveIntegerField(null=True)
    workers = models.PositiveIntegerField(null=True, help_text="On the day of counting, of topic received.")
    due_on = models.DateField(help_text="The fixed day from which it was to be counted.")
    counted_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "topic", "begins_on"], name="public_table_once"),
            models.CheckConstraint(name="public_table_topic_known", condition=Q(topic__in=Topic.values)),
            models.CheckConstraint(name="public_table_enough", condition=Q(total__gte=10)),
            models.CheckConstraint(
                name="public_table_rest_enough", condition=Q(together_count=None) | Q(together_count__gte=10)
            ),
            models.CheckConstraint(name="public_table_after_end", condition=Q(due_on__gt=F("ends_on"))),
        ]
        ordering = ("ends_on", "topic")


class SupplierCount(ProgramModel):
    """A supplier whose complaints are enough to be counted by themselves, in one table of topic `supplier`."""

    table = ProgramForeignKey(PublicTable, related_name="suppliers")
    supplier = ProgramForeignKey(Participation, related_name="+")
    count = models.PositiveIntegerField(_("complaints"))

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "table", "supplier"], name="supplier_count_once"),
            models.CheckConstraint(name="supplier_count_enough", condition=Q(count__gte=10)),
        ]


class Counted(OfComplaint):
    """A complaint is counted in one period and in no other, and is not told one by one besides."""

    complaint = ProgramForeignKey(Complaint, related_name="+")
    table = ProgramForeignKey(PublicTable, related_name="+")

    class Meta(OfComplaint.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "complaint"], name="counted_once")]
