"""Saved views of lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramModel


class SavedView(ProgramModel):
    """The filters, columns and sort of a list under a name. `page` is the view (`programs:workplaces`), `query` its words."""

    table = models.CharField(max_length=60)
    page = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    shared = models.BooleanField(_("shared with everyone in the program"), default=False)
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "table", "name"], name="saved_view_name_once_per_person_and_list"
            ),
            models.CheckConstraint(name="saved_view_has_name", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
