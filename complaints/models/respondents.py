"""Against whom a complaint is, where that is a person."""

from django.db import models

from complaints.models.complaints import OfComplaint
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey


class Respondent(OfComplaint):
    """A person whom a complaint is about. Taken out where it was a mistake, never deleted.

    In the vault: `name`. It is found by its keyed digest alone (`respondents.KIND`). `employer`: for whom the person works; whoever is walled
    off from it is walled off from the complaint. `added_by`: None where the worker named the person.
    """

    employer = ProgramForeignKey(Participation, related_name="+", null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("added_at", "id")
        indexes = [models.Index(fields=["program", "employer"], name="respondent_of_employer")]
