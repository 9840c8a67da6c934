"""Workers' pages in all their languages: every text there, in its own script, small, and said to be what it is."""

import datetime as dt
import gzip
import re
from decimal import Decimal
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.utils import formats, translation

from complaints.forms import worker as questions
from complaints.management import reach
from complaints.management.commands import worker_messages as catalogs
from complaints.models import TriageRule
from programs.models import Rule
from tests.complaints.test_worker_pages import CASE, receipt_on
from tests.factories import AT
from wsr import languages
from wsr.tenancy import program_scope
from wsr.ui.views import server_error

CODES = languages.CODES
OTHERS = CODES[1:]
AS_IT_IS = {"PDF", "No"}  # the same word in another language
NAMES = r"\b[A-Z0-9]{2,}\b|WebP|iPhone"  # of kinds of files, the same everywhere
IN_BRACES = r"%\(\w+\)[sd]|\{\w*\}"
SHEET = settings.BASE_DIR / "static" / "css" / "worker.css"
OWN_SCRIPT = {"bn": "[\u0980-\u09ff]", "ur": "[\u0600-\u06ff]"}
LABELS = {"en": "Fire safety", "es": "Incendios", "ht": "Dife", "bn": "আগুন", "ur": "آگ"}
STORIES = {
    "en": "They lock the fire door every night.",
    "es": "Cierran con llave la puerta de incendios.",
    "ht": "Yo fèmen pòt dife a chak swa.",
    "bn": "প্রতি রাতে আগুনের দরজা তালা দিয়ে রাখে।",
    "ur": "ہر رات آگ والا دروازہ بند کر دیتے ہیں۔",
}


@pytest.fixture(scope="module")
def wanted():
    """What a worker can meet."""
    return catalogs.worker_messages(catalogs.catalog_of("es"))


def _is_wrong(code, message, english) -> str:
    """Why a translation of one message will not do; empty where it does."""
    texts = catalogs.texts_of(message.string) if message else []
    if not texts or not all(texts) or message.fuzzy:
        return "missing"
    for text in texts:
        if sorted(re.findall(IN_BRACES, text)) != sorted(re.findall(IN_BRACES, english)):
            return f"other words in braces: {text}"
        if text in AS_IT_IS:
            continue
        bare = re.sub(f"{IN_BRACES}|{NAMES}", "", text)
        if code in OWN_SCRIPT and (re.search("[A-Za-z]", bare) or not re.search(OWN_SCRIPT[code], bare)):
            return f"another script: {text}"
        words = re.sub(f"{IN_BRACES}|{NAMES}", "|", english).split()
        if text == english or any(" ".join(words[n : n + 3]) in text for n in range(len(words) - 2)):
            return f"English: {text}"
        if "!" in text:
            return f"shouts: {text}"
    return ""


def test_every_text_that_a_page_can_say_is_collected(wanted):
    """A mark under another name than those that `makemessages` knows is not seen, and its text stays English."""
    collected = {text for message in wanted for text in catalogs.texts_of(message.id)}
    assert reach.texts() - collected == set(), (
        "run `make messages`; if that does not help, look at how the text is marked"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_that_a_worker_can_meet_is_in_her_language(code, wanted):
    there = catalogs.catalog_of(code)
    wrong = {}
    for message in wanted:
        english = catalogs.texts_of(message.id)[0]
        if why := _is_wrong(code, there.get(message.id, message.context), english):
            wrong[english] = why
    assert wrong == {}, "run `make messages` and translate what it names"
    if code in catalogs.worker_only():
        held = {catalogs.texts_of(message.id)[0] for message in there if message.id}
        both = catalogs.wanted_messages(catalogs.catalog_of("es"))
        assert held == {catalogs.texts_of(message.id)[0] for message in both}


def test_what_a_form_refuses_is_said_in_words_of_ours(wanted):
    ours = {text for message in wanted for text in catalogs.texts_of(message.id)}
    strange = []
    for module, named in sorted(reach.reached()):
        form = getattr(import_module(module), named, None) if named else None
        if not (isinstance(form, type) and issubclass(form, forms.Form)):
            continue
        for name, asked in form.base_fields.items():
            needed = {"required"} if asked.required else set()
            needed |= (
                {"max_length", "null_characters_not_allowed"} if isinstance(asked, forms.CharField) else set()
            )
            needed |= {"invalid_choice"} if isinstance(asked, forms.ChoiceField) else set()
            with translation.override("en"):
                strange += [
                    (form.__name__, name, code)
                    for code in needed
                    if str(asked.error_messages.get(code, "")) not in ours
                ]
    assert strange == []


@pytest.fixture
def place(program):
    """The form of a program that has a line in its table in each language, and a telephone."""
    with program_scope(program.pk):
        TriageRule.objects.create(key="fire", label=LABELS, scope="within", valid_from=AT.date(), set_at=AT)
        Rule.objects.create(
            key="complaints.phone", section="complaints", label="x", value="+880 1711 000000", unit="text",
            certainty="set_by_program", valid_from=AT.date(), set_at=AT,
        )  # fmt: skip
    return f"/report/{program.slug}/"


def walk(client, place, code):
    """Every page of a report and of coming back, in the order of a worker who errs once."""
    label = {"about": "fire"}
    answers = [
        label, {"what": STORIES[code]}, {}, {}, {"danger": "yes"}, {"how_many": "many"},
        {"phone": "01711234567", "may_call": "on"}, {"allowed": ["employer_facts"]},
    ]  # fmt: skip
    yield client.get(place)
    yield client.get(f"{place}?lang={code}")
    yield client.get(f"{place}?q=1&lang={code}")
    yield client.post(place, {"q": 2, "what": "12", "lang": code})
    for number, answer in enumerate(answers, 1):
        yield client.post(place, {"q": number, "lang": code, **answer}, follow=True)
    receipt = client.post(place, {"send": "1"}, follow=True)
    yield receipt
    number, secret = receipt_on(receipt)
    yield client.post(place, {"done": "1", "lang": code})
    yield client.get(f"{CASE}?lang={code}")
    yield client.post(CASE, {"number": number, "secret": "1", "lang": code})
    yield client.post(CASE, {"number": number, "secret": secret}, follow=True)
    for page in ("allow", "stop", "code"):
        yield client.get(f"{CASE}?p={page}")
    yield client.post(CASE, {"act": "say", "text": "x" * (questions.LONG + 1)})
    yield client.post(CASE, {"act": "again"})
    yield client.post(CASE, {"leave": "1"})


def _words_on(page) -> str:
    """What she reads, without the names of languages and what is written in digits."""
    text = re.sub(r"<nav.*?</nav>|<textarea.*?</textarea>", " ", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", text)


@pytest.mark.parametrize("code", CODES)
def test_the_whole_way_in_each_language(client, program, place, code):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = f"xx, {code}-XX;q=0.8, en;q=0.5"
    pages = list(walk(client, place, code))

    for page in pages:
        html = page.content.decode()
        direction = "rtl" if code == "ur" else "ltr"
        assert f'<html lang="{code}" dir="{direction}">' in html
        assert page["Content-Language"] == code
        if code in OWN_SCRIPT:
            strange = set(re.findall("[A-Za-z]{2,}", _words_on(html))) - {"tel"} - set(program.name.split())
            assert strange <= {"x" * (questions.LONG + 1)}, _words_on(html)
    first = pages[0].content
    assert all(f'lang="{one.code}"' in pages[0].content.decode() for one in languages.LANGUAGES)
    assert first.index(b"<nav") < first.index(b"<h1")
    flow = pages[:14]
    sheet = len(gzip.compress(SHEET.read_bytes()))
    assert len(first) + sheet <= 15_000
    assert sum(len(page.content) for page in flow) + sheet <= 60_000


@pytest.mark.parametrize(
    ("code", "day", "amount"),
    [
        ("es", "3 de agosto de 2026, 14:05", "1 234 567,50"),
        ("ht", "3 out 2026, 14:05", "1 234 567,50"),
        ("bn", "3 আগস্ট 2026, 14:05", "12,34,567.50"),
        ("ur", "3 اگست 2026, 14:05", "12,34,567.50"),
    ],
)
def test_days_and_sums_are_written_as_people_there_write_them(code, day, amount):
    at = dt.datetime(2026, 8, 3, 14, 5, tzinfo=dt.UTC)
    with translation.override(code):
        said = formats.date_format(at, "DATE_FORMAT"), formats.time_format(at, "TIME_FORMAT")
        assert ", ".join(said) == day
        written = formats.number_format(Decimal("1234567.5"), 2, force_grouping=True)
        assert written.replace("\xa0", " ") == amount


def test_a_language_once_pressed_stays_until_another_is_pressed(program, place):
    client = Client(headers={"Accept-Language": "fr, es;q=0.3"})
    assert b'lang="es" dir' in client.get(place).content
    client.post(place, {"q": 2, "what": STORIES["bn"], "lang": "bn"})
    assert b'<html lang="bn"' in client.get(f"{place}?q=3").content
    assert b'<html lang="ht"' in client.get(f"{place}?q=3&lang=ht").content
    assert b'<html lang="ht"' in client.post(place, {"q": 3, "where": ""}, follow=True).content
    receipt = client.post(place, {"send": "1"}, follow=True)
    assert b'<html lang="ht"' in receipt.content
    assert b'<html lang="en"' in Client(headers={"Accept-Language": "ur;q=x, zz"}).get(place).content
    number, secret = receipt_on(receipt)
    other = Client(headers={"Accept-Language": "en"})
    back = other.post(CASE, {"number": number, "secret": secret}, follow=True)
    assert b'<html lang="ht"' in back.content
    assert not any("lang" in name for name in [*client.cookies, *other.cookies])


def test_what_goes_wrong_is_said_in_her_language_and_tells_nobody_what_this_is(rf, program, place):
    pages = {
        404: Client().get("/report/no-such-program/?lang=bn"),
        403: Client().post(f"{place}?lang=bn", {}, headers={"Sec-Fetch-Site": "cross-site"}),
        400: Client().post(f"{place}?lang=bn", {"what": "x" * 3_000_000}),
    }
    for status, page in pages.items():
        assert page.status_code == status
        assert (page["Content-Language"], page["Cache-Control"]) == ("bn", "no-store")
        assert "<title>ফরম</title>" in page.content.decode()
        assert program.name not in page.content.decode()
    assert b"Something went wrong" in server_error(rf.get("/")).content  # elsewhere: the page of the platform
