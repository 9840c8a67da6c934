"""What the demo shows of this room, all of it invented: agreements, money and the committee."""

from datetime import datetime

from agreements.demo import agreements, committee, money
from wsr.accounts.models import Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


def build(*, program: Program, director: Person, at: datetime) -> None:
    """Agreements first, then the money they are about, then the committee of both sides. Outside any scope: each party acts in its own."""
    agreements.build(program=program, director=director, at=at)
    with program_scope(program.pk, person_id=director.pk):
        money.fill(director=director, at=at)
    committee.build(program=program, director=director, at=at)
