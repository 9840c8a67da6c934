"""Everything public in all five languages: whatever text a public page asks for has words, and no link changes the language."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from complaints.management.commands import worker_messages as catalogs
from tests.registry.walking import walk
from wsr import languages
from wsr.registry import public_texts
from wsr.ui.views import server_error

OTHERS = languages.CODES[1:]
IN_BRACES = r"%\(\w+\)[sd]|%[sd]|\{\w*\}"
OWN_SCRIPT = {"bn": "[\u0980-\u09ff]", "ur": "[\u0600-\u06ff]"}
ELSEWHERE = {"registry:by_id", "registry:card"}  # addresses for paper and for other sites
PUNCTUATION = {":", "String to return when truncating text\x04%(truncated_text)s…"}
AS_IT_IS = {"LEI", "OS ID", "PDF"}  # names


@pytest.fixture
def asked(monkeypatch):
    """Every text that is asked of the catalogs from now on while a page speaks Creole; of plurals their first form, as the catalogs hold them."""
    texts = set()
    Client().get(reverse("healthz"))  # whatever is said while modules are read is nobody's page
    plain, plural = trans_real.DjangoTranslation.gettext, trans_real.DjangoTranslation.ngettext

    def gettext(self, message):
        if translation.get_language() == "ht":
            texts.add(message)
        return plain(self, message)

    def ngettext(self, one, more, count):
        if translation.get_language() == "ht":
            texts.add((one, 0))
        return plural(self, one, more, count)

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", gettext)
    monkeypatch.setattr(trans_real.DjangoTranslation, "ngettext", ngettext)
    return texts


def without_words(texts, code):
    """What of these has no entry in the catalog of a language, Django's own included."""
    held = trans_real.translation(code)._catalog
    return sorted(str(text) for text in texts - PUNCTUATION if text and text not in held)


def refused(client, language):
    """The forms of the public, filled in wrongly, and the pages behind links that are over."""
    asked = f"?lang={language}"
    for name, said in [
        ("registry:check_list", {}),
        ("registry:check_list", {"names": "Nobody Mills"}),
        ("registry:verify_document", {}),
        ("registry:verify_document", {"sha256": "x"}),
        ("registry:verify_document", {"sha256": "0" * 64}),
        ("programs:endorse", {}),
        ("programs:endorse", {"kind": "organization", "name": "A", "email": "nobody", "website": "x", "country": "zz"}),
        ("programs:endorse_withdraw", {"email": "nobody"}),
    ]:  # fmt: skip
        yield client.post(reverse(name) + asked, said)
    yield client.get(reverse("programs:endorse_sent") + asked)
    for name in ("programs:endorse_confirm", "programs:endorse_withdraw_link"):
        yield client.get(reverse(name, args=["x"]) + asked)
        yield client.post(reverse(name, args=["x"]) + asked)
    yield client.get(f"{reverse('registry:label')}?number=1234567890&lang={language}")
    yield client.get(f"/nowhere/{asked}")
    yield client.post(reverse("programs:endorse") + asked, headers={"Sec-Fetch-Site": "cross-site"})


def test_whatever_a_public_page_says_has_words_in_every_language(demo_copy, client, asked, rf):
    visits = walk(client, "ht")
    wrong = list(refused(client, "ht"))
    broken = server_error(rf.get("/", {"lang": "ht"}))

    assert {code: texts for code in OTHERS if (texts := without_words(asked, code))} == {}
    pages = [(one.address, one.response) for one in visits if one.is_page and one.name not in ELSEWHERE]
    pages += [(f"refused {number}", page) for number, page in enumerate([*wrong, broken])]
    for address, page in pages:
        if page.status_code in (301, 302):
            assert "lang=ht" in page["Location"], address
            continue
        assert (address, page["Content-Language"]) == (address, "ht")
        assert '<html lang="ht" dir="ltr"' in page.content.decode(), address
        assert not page.cookies, address
    assert [page.status_code for page in [*wrong, broken]].count(200) < len(wrong) / 2
    assert {visit.response.status_code for visit in visits} <= {200, 301, 302}
    assert len({visit.name for visit in visits}) > 30

    for address in {
        one.name: one.address for one in visits if one.is_page and one.name not in ELSEWHERE
    }.values():
        page = client.get(re.sub("lang=ht", "lang=ur", address), follow=True)
        assert (address, '<html lang="ur" dir="rtl"' in page.content.decode()) == (address, True)
        links = re.findall(
            r'<a href="([^"]+)" rel="nofollow" lang="(\w+)" dir="(\w+)"', page.content.decode()
        )
        assert [code for _link, code, _direction in links] == list(languages.CODES), address


@pytest.mark.parametrize("code", catalogs.worker_only())
def test_words_keep_what_is_filled_in_and_their_own_script(code):
    there = catalogs.catalog_of(code)
    wrong = {}
    for message in filter(public_texts.is_public, filter(lambda one: one.id, catalogs.catalog_of("es"))):
        english = catalogs.texts_of(message.id)[0]
        said = there.get(message.id, message.context)
        for text in catalogs.texts_of(said.string) if said else [""]:
            kept = sorted(re.findall(IN_BRACES, text)) == sorted(re.findall(IN_BRACES, english))
            bare = re.sub(IN_BRACES, "", text)
            is_own = not bare.strip(" ,،") or text in AS_IT_IS or re.search(OWN_SCRIPT.get(code, r"\w"), bare)
            if not text or not kept or not is_own or "!" in text:
                wrong[english] = text
    assert wrong == {}, "run `make messages` and translate what it names"


def test_the_first_page_and_errors_guess_and_keep_to_what_was_pressed(db):
    urdu = Client(headers={"Accept-Language": "ur-PK, en;q=0.5"})
    first = urdu.get("/")

    assert (first["Content-Language"], first.cookies) == ("ur", {})
    assert 'href="/registry/?lang=ur"' in first.text
    assert urdu.get("/nowhere/")["Content-Language"] == "ur"
    assert urdu.get("/?lang=bn")["Content-Language"] == "bn"
    urdu.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert urdu.get("/")["Content-Language"] == "es"
    assert Client(headers={"Accept-Language": "xx"}).get("/?lang=xx")["Content-Language"] == "en"
    with translation.override("ht"):
        sign_in = next(
            link for link in re.findall(r'href="([^"]+)"', Client().get("/?lang=ht").text) if "login" in link
        )
    assert sign_in == reverse("account_login")  # which speaks no Creole: no link may fail


def test_what_else_is_asked_stays_when_the_language_changes(client, transactional_db):
    text = client.get("/registry/?q=asrotex&kind=workplace&lang=ht").text

    assert 'href="?q=asrotex&amp;kind=workplace&amp;lang=bn"' in text
