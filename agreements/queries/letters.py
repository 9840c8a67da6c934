"""Who gets the letters of a rung, and in which words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agreements.documents.letters import plain
from agreements.enums import Recipient
from agreements.models import LetterText
from agreements.queries.duties import brands_buying
from agreements.queries.ladder import Ladder
from programs.models import Participation, Rung, Workplace
from programs.queries import rule_value
from wsr.tenancy.models import Program

PHONE = "complaints.phone"


@dataclass(frozen=True)
class Addressee:
    """One letter to be: to whom, about which workplace, in which language."""

    to: Recipient
    name: str
    language: str
    participation: Participation | None = None
    workplace: Workplace | None = None


@dataclass(frozen=True)
class Words:
    """The text of a letter with its words in braces. `is_own`: the program wrote it."""

    subject: str
    body: str
    is_own: bool


def addressees(
    supplier: Participation,
    workplace: Workplace | None,
    steps: Ladder,
    rung: Rung,
    *,
    on: date,
    program: Program,
) -> Iterator[Addressee]:
    """Everyone who gets a letter when a supplier comes to this rung, as the program decided; one per workplace and language for workers."""
    ours = program.language
    if steps.says(rung, "letter_supplier"):
        yield Addressee(Recipient.SUPPLIER, supplier.name, ours, supplier)
    if steps.says(rung, "letter_brands"):
        for brand in brands_buying(supplier, on=on):
            yield Addressee(Recipient.BRANDS, brand.name, ours, brand)
    if steps.says(rung, "letter_unions"):
        for union in Participation.objects.worker_organizations().present().order_by("name", "pk"):
            yield Addressee(Recipient.UNIONS, union.name, ours, union)
    if steps.says(rung, "letter_workers"):
        places = [workplace] if workplace else supplier.workplaces.open().order_by("name", "pk")
        for place in places:
            for language in place.languages or [ours]:
                yield Addressee(Recipient.WORKERS, place.name, language, None, place)


def words_for(rung: Rung, to: Recipient, language: str) -> Words | None:
    """The program's own text; else this software's plain one; None in a language that has neither: then no letter goes out."""
    own = LetterText.objects.filter(rung=rung, to=to, language=language).first()
    if own:
        return Words(own.subject, own.body, True)
    found = plain(to, language)
    return Words(*found, False) if found else None


def phone(*, on: date) -> str:
    """The number workers can call; nothing where the program has not set it."""
    return str(rule_value(PHONE, on=on) or "")
