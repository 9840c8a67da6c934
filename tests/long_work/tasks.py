"""A job for the tests of jobs: makes workplaces, and can be held up in the middle by a file."""

import select

from django.conf import settings
from django.db.models.functions import Now

from programs.models import Participation, Workplace
from tests.factories import AT
from wsr.errors import DomainError
from wsr.jobs.handlers import JobContext, job_handler


@job_handler("tests.make_workplaces")
def make_workplaces(job: JobContext) -> str:
    """Make `count` workplaces; stop after the first half while `hold` lies in the data folder."""
    count = job.params["count"]
    if count == 13:
        raise DomainError("Thirteen is refused.")
    if count == 0:
        raise ZeroDivisionError
    supplier = Participation.objects.create(
        part="supplier", name="Maker", name_key="MAKER", created_at=AT, updated_at=Now()
    )
    for number in range(count):
        Workplace.objects.create(
            supplier=supplier,
            name=f"W{number}",
            name_key=f"W{number}",
            country="BD",
            created_at=AT,
            updated_at=AT,
        )
        job.progress(number + 1, count)
        if number == count // 2:
            settings.DATA_DIR.joinpath("half-way").touch()
            while settings.DATA_DIR.joinpath("hold").exists():
                select.select([], [], [], 0.05)
                Workplace.objects.exists()  # notices a database that went away
    return f"{count} workplaces made."
