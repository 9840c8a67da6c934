"""Citations by authorities: every row is kept as such; a person says which supplier it concerns."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from programs.importing import writing
from programs.models import Participation
from wsr.imports.names import name_key
from wsr.imports.reading.values import day, number, one_line
from wsr.imports.targets import Cleaned, Context, Field, Known, Target
from wsr.said import gettext as _

_TRADING_AS = re.compile(
    r"(?i)\s*[,;]?\s*\b(?:d\.?\s?/?b\.?\s?/?a\.?|t/a|trading as|doing business as|a/k/a|aka)\b[:.]?\s*"
)
_COURTESY = re.compile(r"(?i)^(?:mr|mrs|ms|dr|miss|sr|sra)\.?\s")
_YES = {"1", "y", "yes", "true", "x", "paid", "si", "sí", "oui", "ja"}
_NO = {"0", "n", "no", "false", "unpaid", "non", "nein"}
_FLAGS = {
    "paid": "is_paid",
    "withdrawn": "is_withdrawn",
    "appealed": "is_appealed",
    "affirmed": "is_affirmed",
}
# Given names common in the United States; with two or three words and none of a business, the name is a person's.
_GIVEN = frozenset(
    ["james", "john", "robert", "michael", "william", "david", "richard", "joseph", "thomas", "charles", "christopher", "daniel", "matthew", "anthony", "mark", "donald", "steven", "paul", "andrew", "joshua", "kenneth", "kevin", "brian", "george", "timothy", "ronald", "edward", "jason", "jeffrey", "ryan", "jacob", "gary", "nicholas", "eric", "jonathan", "stephen", "larry", "justin", "scott", "brandon", "benjamin", "samuel", "gregory", "alexander", "patrick", "frank", "raymond", "jack", "dennis", "jerry", "tyler", "aaron", "jose", "adam", "nathan", "henry", "douglas", "zachary", "peter", "kyle", "walter", "ethan", "jeremy", "harold", "keith", "christian", "roger", "noah", "gerald", "carl", "terry", "sean", "austin", "arthur", "lawrence", "jesse", "dylan", "bryan", "joe", "jordan", "billy", "bruce", "albert", "willie", "gabriel", "logan", "alan", "juan", "wayne", "roy", "ralph", "randy", "eugene", "vincent", "russell", "louis", "philip", "bobby", "johnny", "bradley", "mary", "patricia", "jennifer", "linda", "elizabeth", "barbara", "susan", "jessica", "sarah", "karen", "lisa", "nancy", "betty", "margaret", "sandra", "ashley", "kimberly", "emily", "donna", "michelle", "carol", "amanda", "dorothy", "melissa", "deborah", "stephanie", "rebecca", "sharon", "laura", "cynthia", "kathleen", "amy", "angela", "shirley", "anna", "brenda", "pamela", "emma", "nicole", "helen", "samantha", "katherine", "christine", "debra", "rachel", "carolyn", "janet", "catherine", "maria", "heather", "diane", "ruth", "julie", "luis", "carlos", "miguel", "jorge", "manuel", "francisco", "jesus", "pedro", "antonio", "rosa", "ana", "carmen"]
)  # fmt: skip


class Citations(Target):
    """Enforcement lists of labor authorities."""

    key = "citations"
    label = gettext_lazy("Citations by authorities")
    explanation = gettext_lazy(
        "One row for each citation. Each is kept; you decide which of your suppliers it concerns."
    )
    compares_rows = False
    settles_exact = False
    steps = 2
    fields = (
        Field("cited_name", gettext_lazy("Name of the business"), required=True, headers=("workplace_name",)),
        Field("case_number", gettext_lazy("Number"), required=True),
        Field("citation_date", gettext_lazy("Date"), required=True),
        Field("citation_amount", gettext_lazy("Amount")),
        Field(
            "currency",
            gettext_lazy("Currency"),
            default=True,
            help=gettext_lazy("Three letters, such as USD."),
        ),
        Field("paid", gettext_lazy("Paid")),
        Field("withdrawn", gettext_lazy("Withdrawn")),
        Field("appealed", gettext_lazy("Appealed")),
        Field("affirmed", gettext_lazy("Affirmed")),
        Field("hearing_date", gettext_lazy("Hearing date")),
        Field(
            "country",
            gettext_lazy("Country"),
            default=True,
            choices="countries",
            help=gettext_lazy("Of the authority. Only suppliers of this country are offered."),
        ),
    )

    def clean(self, values: Mapping[str, str], context: Context) -> Cleaned:
        """Understand one row."""
        row = Cleaned()
        legal, trade = split_names(one_line(values.get("cited_name", "")))
        if not legal:
            row.errors["cited_name"] = _("The row has no name.")
        if is_private_person(legal):
            legal = ""
            row.private = ("cited_name",)
            row.remarks["cited_name"] = _("The name looks like that of a private person and is not kept.")
        amount = (
            number(values.get("citation_amount", "")) if values.get("citation_amount", "").strip() else None
        )
        cited = day(values.get("citation_date", ""), day_first="citation_date" in context.day_first)
        hearing = day(values.get("hearing_date", ""), day_first="hearing_date" in context.day_first)
        if values.get("citation_date", "").strip() and cited is None:
            row.errors["citation_date"] = _("“%(text)s” is not a date.") % {
                "text": values["citation_date"][:40]
            }
        called = trade or legal or _("Private person")
        row.values = {
            "name": called,
            "legal_name": (legal or _("Private person"))[:300],
            "trade_name": trade[:300],
            "number": one_line(values.get("case_number", "")).upper()[:60],
            "cited_on": cited,
            "hearing_on": hearing,
            "amount": str(amount) if amount is not None else None,
            "currency": (context.defaults.get("currency") or "USD").upper()[:3] if amount is not None else "",
            **{column: _flag(values.get(key, "")) for key, column in _FLAGS.items()},
        }
        row.name_key = name_key(trade or legal) if trade or legal else ""
        row.country = context.defaults.get("country", "")
        facts = (
            row.values["number"],
            name_key(one_line(values.get("cited_name", ""))),
            str(cited or ""),
            str(amount or ""),
        )
        row.identity = facts
        return row

    def known(self) -> Iterator[Known]:
        """Suppliers that take part, by their names."""
        for id_, name, key, country in (
            Participation.objects.suppliers().present().values_list("id", "name", "name_key", "country")
        ):
            yield Known(str(id_), name, key, country, "", "")

    def facts(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Suppliers have a name and a country."""
        return {
            str(one["id"]): one
            for one in Participation.objects.filter(pk__in=ids).values("id", "name", "country")
        }

    def mark_updates(self, batch_id: UUID) -> None:
        """Citations that are on record are known already; a supplier or a payment may be new."""
        writing.mark_known_citations(batch_id)

    def apply(self, batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
        """Keep every citation, with its supplier where one was decided."""
        return writing.write_citations(batch_id, at, step)


def split_names(text: str) -> tuple[str, str]:
    """(legal name, trade name) of "TFL, Inc. DBA Mega Saver"."""
    legal, _mark, trade = (part.strip() for part in _partition(text))
    return legal, trade


def is_private_person(name: str) -> bool:
    """True when a name is recognizably a person's: a courtesy title, or a common given name and one or two plain words."""
    if _COURTESY.match(name):
        return True
    words = name.replace(",", " ").split()
    plain = all(word.strip(".").isalpha() for word in words)
    return (
        plain
        and 2 <= len(words) <= 3
        and words[0].lower() in _GIVEN
        and name_key(name).split() == [w.strip(".").upper() for w in words]
    )


def _partition(text: str) -> tuple[str, str, str]:
    found = _TRADING_AS.search(text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", "")


def _flag(text: str) -> bool | None:
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None
