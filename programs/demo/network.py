"""What the demo shows of the principles: invented endorsers, and news of each invented program. Every name says that it is a demo."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from programs import addresses
from programs.enums import EndorserKind, NewsKind
from programs.models import Endorsement, EndorsementLetter, EndorserAddress
from programs.operations import endorsements, news
from programs.queries import today
from wsr.accounts.models import Person
from wsr.tenancy import atomic, program_scope
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Item:
    """One invented news item. `then`: what became of it: draft, published or withdrawn."""

    days_ago: int
    kind: NewsKind
    language: str
    title: str
    text: str
    then: str = "published"


NEWS: dict[str, tuple[Item, ...]] = {
    "garment": (
        Item(
            12,
            NewsKind.ANNOUNCEMENT,
            "bn",
            "কারখানা পরিদর্শনের ফল প্রকাশিত (ডেমো)",
            "এটি একটি ডেমো। প্রতিটি কারখানার নাম, ঠিকানা এবং ত্রুটি সংশোধনের অগ্রগতি এখানকার তালিকায় দেখা যায়।",
        ),
        Item(
            5,
            NewsKind.EVENT,
            "en",
            "Third meeting of the committee (demo)",
            "The committee of both sides meets for the third time.\n\nIts minutes will be public, like those before.",
            "draft",
        ),
    ),
    "farms": (
        Item(
            220,
            NewsKind.AGREEMENT,
            "en",
            "Demo Brand North and the program sign (demo)",
            "Demo Brand North has signed the agreement. It pays the premium, and it stops buying from a grower"
            " who is suspended.\n\nThe agreement's public clauses stand in the registry.",
        ),
        Item(
            40,
            NewsKind.ENFORCEMENT,
            "en",
            "Brands stop buying from Demo Growers Three (demo)",
            "Demo Growers Three is suspended. Every brand that buys from it was told to stop on the same day.",
        ),
        Item(
            30,
            NewsKind.EDUCATION,
            "es",
            "Empiezan las sesiones de la temporada (demo)",
            "Los educadores visitan cada finca. La sesión es en horas pagadas.\n\n"
            "Pregunte por la tarjeta con el número de la línea.",
        ),
        Item(
            20,
            NewsKind.REPORT,
            "en",
            "Figures of the last season (demo)",
            "Forty-two inspections.",
            "withdrawn",
        ),
        Item(2, NewsKind.EVENT, "en", "Open day at the council (demo)", "Come and see how a complaint is handled.", "draft"),
    ),
    "dairy": (
        Item(
            90,
            NewsKind.AGREEMENT,
            "en",
            "A premium that reaches the parlor (demo)",
            "Demo Ice Cream Maker pays its premium each month. Farms pass on the workers' part with the wage.",
        ),
        Item(
            25,
            NewsKind.EDUCATION,
            "es",
            "Reuniones en cada rancho (demo)",
            "Compañeros de trabajo explican el código de conducta en español, en tiempo pagado.",
        ),
    ),
}  # fmt: skip
REASON = "The figures were those of another season (demo)."


def tell(key: str, *, by: Person, at: datetime) -> None:
    """Write the news of one demo program; inside its scope."""
    for item in NEWS[key]:
        then = at - timedelta(days=item.days_ago)
        made = news.write(
            title=item.title,
            dated_on=today(then),
            kind=item.kind,
            language=item.language,
            text=item.text,
            by=by,
            at=then,
        )
        if item.then != "draft":
            news.publish(news_id=made.pk, by=by, at=then)
        if item.then == "withdrawn":
            news.withdraw(news_id=made.pk, reason=REASON, by=by, at=at)


_NOBODY: dict[str, Any] = {
    "kind": EndorserKind.PERSON,
    "role": "",
    "organization": "",
    "country": "US",
    "website": "",
    "comment": "",
    "is_listed": True,
}
# (what became of it, days ago, address, what was typed)
ENDORSERS: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
    ("accepted", 300, "office@alliance.demo.example", {
        "kind": EndorserKind.ORGANIZATION, "name": "Demo Coordinator", "role": "Coordinator",
        "organization": "Demo Farmworkers Alliance", "website": "https://alliance.demo.example",
        "comment": "We have seen what changes when workers write the code (demo).",
    }),
    ("accepted", 200, "secretary@union.demo.example", {
        "kind": EndorserKind.ORGANIZATION, "name": "Demo Secretary", "role": "General secretary",
        "organization": "Demo Textile Workers Union", "country": "BD", "website": "https://www.union.demo.example",
    }),
    ("accepted", 150, "grocers@demo.example", {
        "kind": EndorserKind.ORGANIZATION, "name": "Demo Buyer", "role": "Owner",
        "organization": "Demo Neighborhood Grocers", "website": "https://grocers.demo-shop.example",
    }),
    ("accepted", 120, "teacher@demo.example", {
        "name": "Demo Teacher", "role": "Professor of labor law", "organization": "Demo University", "country": "CA",
    }),
    ("accepted", 90, "quiet@demo.example", {"name": "Demo Reader", "is_listed": False}),
    ("withdrawn", 80, "former@demo.example", {"name": "Demo Former Endorser"}),
    ("waiting", 3, "students@demo.example", {
        "kind": EndorserKind.ORGANIZATION, "name": "Demo Student", "role": "Speaker",
        "organization": "Demo Students for Fair Food", "country": "MX",
    }),
)  # fmt: skip


@atomic
def endorse(program: Program, *, by: Person) -> None:
    """Make the invented endorsers where they are not there yet, looked at by somebody of this program. No mail leaves. Outside any scope."""
    if EndorserAddress.objects.filter(digest=addresses.digest(ENDORSERS[0][2])).exists():
        return
    now = timezone.now()
    for became, days_ago, email, said in ENDORSERS:
        then = now - timedelta(days=days_ago)
        facts = endorsements.Facts(**(_NOBODY | said))
        endorsements.ask(email=email, facts=facts, language="en", at=then)
        made = Endorsement.objects.get(address__digest=addresses.digest(email))
        endorsements.confirm(token=endorsements.confirm_token(made), at=then)
        if became != "waiting":
            with program_scope(program.pk, person_id=by.pk):
                endorsements.accept(endorsement_id=made.pk, by=by, at=then)
        if became == "withdrawn":
            endorsements.withdraw(token=endorsements.withdraw_token(made), at=now)
        EndorsementLetter.objects.filter(endorsement=made).update(next_try_at=None)
