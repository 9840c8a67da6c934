"""The pages of agreements: who may, what happens, and that nothing typed is lost."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agreements.models import Agreement, Clause, Decline, Signature
from tests import factories
from tests.agreements.signing import table
from wsr.files.models import content_path


@pytest.fixture
def here(program, director):
    """Who sits at the table."""
    return table(program, director)


def url(here, name, *args):
    """An address within the program."""
    return reverse(f"agreements:{name}", args=[here.program.slug, *args])


def show_factor(client, person, *, at=None, kind="totp"):
    """As the step-up page would note it."""
    from allauth.mfa.models import Authenticator

    factor = Authenticator.objects.filter(user=person).first()
    session = client.session
    session["account_authentication_methods"] = [
        *session["account_authentication_methods"],
        {"method": "mfa", "at": at or time.time(), "type": kind, "id": factor.pk, "reauthenticated": True},
    ]
    session.save()


def age_factors(client):
    """What was shown at sign-in is an hour old."""
    session = client.session
    session["account_authentication_methods"] = [
        {**shown, "at": time.time() - 3600} for shown in session["account_authentication_methods"]
    ]
    session.save()


def test_staff_write_a_draft_from_a_template_and_propose_it(client, here):
    factories.sign_in(client, here.director)
    page = client.get(url(here, "start"))
    assert b"Have a lawyer read" in page.content
    answer = client.post(url(here, "start"), {"source": "template:own", "title": "Fair work"})
    with here.staff():
        made = Agreement.objects.get()
        version = made.versions.get()
    assert answer.url == url(here, "agreement", made.pk)
    for participation, side in ((here.union, "program"), (here.brand, "brand")):
        said = {"participation": participation.pk, "side": side, "signs": "on"}
        assert client.post(url(here, "add_party", made.pk), said).status_code == 302
    refused = client.post(url(here, "propose", version.pk), follow=True)
    assert b"still lacks: Forms of support" in refused.content
    with here.staff():
        here.fill(version)
    assert client.post(url(here, "propose", version.pk)).status_code == 302
    page = client.get(url(here, "version", version.pk))
    assert b"SHA-256 of the text" in page.content
    assert b"Take back and revise" in page.content


def test_a_clause_is_written_in_fields_that_follow_from_its_kind(client, here):
    version = here.draft()
    with here.staff():
        clause = version.clauses.get(kind="stop_purchase")
    factories.sign_in(client, here.director)
    typed = {
        "reference": "3",
        "title": "Stop",
        "text": "The brand stops.",
        "p_stop_within_value": "soon",
        "p_stop_within_unit": "days",
        "p_until": "It has been corrected",
    }
    refused = client.post(url(here, "edit_clause", clause.pk), typed)
    assert refused.status_code == 422
    assert b"It has been corrected" in refused.content
    assert b'value="soon"' in refused.content
    done = client.post(url(here, "edit_clause", clause.pk), {**typed, "p_stop_within_value": "14"})
    assert done.status_code == 302
    with here.staff():
        clause = Clause.objects.get(pk=clause.pk)
        assert clause.parameters == {
            "stop_within": {"value": 14, "unit": "days"},
            "until": "It has been corrected",
        }


def test_rates_and_bands_are_typed_row_by_row(client, here):
    version = here.draft()
    factories.sign_in(client, here.director)
    for kind in ("premium", "program_fee"):
        client.post(url(here, "add_clause", version.pk), {"kind": kind, "title": kind, "text": "It pays."})
    with here.staff():
        premium, fee = (version.clauses.get(kind=kind) for kind in ("premium", "program_fee"))
    said = {
        "reference": premium.reference,
        "title": "Premium",
        "text": "It pays.",
        "p_paid_by": "direct",
        "p_period": "monthly",
    }
    row = {
        "p_rates-0-product": "Tomatoes",
        "p_rates-0-unit": "lb",
        "p_rates-0-amount": "one cent",
        "p_rates-0-currency": "usd",
    }
    refused = client.post(url(here, "edit_clause", premium.pk), said | row)
    assert refused.status_code == 422
    assert b'value="one cent"' in refused.content
    assert (
        client.post(
            url(here, "edit_clause", premium.pk), said | row | {"p_rates-0-amount": "0.01"}
        ).status_code
        == 302
    )
    said = {
        "reference": fee.reference,
        "title": "Fee",
        "text": "It pays.",
        "p_currency": "USD",
        "p_boundary": "lower",
    }
    rows = {"p_bands-0-from": "0", "p_bands-0-to": "1000000", "p_bands-0-fee": "1000", "p_bands-1-from": "1000000", "p_bands-1-to": "", "p_bands-1-fee": "10000"}  # fmt: skip
    assert client.post(url(here, "edit_clause", fee.pk), said | rows).status_code == 302
    with here.staff():
        premium.refresh_from_db()
        fee.refresh_from_db()
        assert premium.parameters["rates"] == [
            {"product": "Tomatoes", "unit": "lb", "amount": "0.01", "currency": "USD"}
        ]
        assert [band["to"] for band in fee.parameters["bands"]] == ["1000000", None]


def test_the_signatory_signs_with_a_second_factor_just_shown(client, here):
    version = here.proposed()
    factories.sign_in(client, here.signatory)
    age_factors(client)
    page = client.get(url(here, "sign", version.pk))
    assert b"First show your second factor" in page.content
    with here.portal():
        party = here.party(version, "brand")
    typed = {
        "party": party.pk,
        "name": "Bea Brand",
        "title": "Head of sourcing",
        "has_read": "on",
        "sha256": version.text_sha256,
    }
    away = client.post(url(here, "sign", version.pk), typed)
    assert away.url.startswith(reverse("accounts:show_factor"))
    assert (
        client.get(away.url).url
        == f"{reverse('mfa_reauthenticate')}?next={url(here, 'sign', version.pk).replace('/', '%2F')}"
    )
    show_factor(client, here.signatory, kind="recovery_codes")  # no factor for a signature
    assert b"First show" in client.get(url(here, "sign", version.pk)).content
    show_factor(client, here.signatory)
    page = client.get(url(here, "sign", version.pk))
    assert b'value="Head of sourcing"' in page.content  # what was typed has waited
    assert client.post(url(here, "sign", version.pk), typed | {"title": ""}).status_code == 422
    done = client.post(url(here, "sign", version.pk), typed, follow=True)
    assert b"You have signed for Brand North" in done.content
    with here.portal():
        signature = Signature.objects.get()
        assert (signature.sha256, signature.method, signature.title) == (
            version.text_sha256,
            "totp",
            "Head of sourcing",
        )
    assert b"Signed for Brand North" in client.get(url(here, "version", version.pk)).content


def test_the_program_countersigns_and_both_download_one_pdf(client, here):
    version = here.proposed()
    here.sign(version)
    factories.sign_in(client, here.director)
    with here.staff():
        party = here.party(version, "program")
    typed = {
        "party": party.pk,
        "name": "Dina Director",
        "title": "Director",
        "has_read": "on",
        "sha256": version.text_sha256,
    }
    done = client.post(url(here, "sign", version.pk), typed, follow=True)
    assert b"The agreement is in force" in done.content
    mine = b"".join(client.get(url(here, "complete_file", version.pk)).streaming_content)
    factories.sign_in(client, here.signatory)
    assert b"".join(client.get(url(here, "complete_file", version.pk)).streaming_content) == mine


def test_who_may(client, here):
    draft, proposed = here.draft(title="Draft"), here.proposed(title="Proposed")
    officer = factories.member(here.program, "brand_officer", organization=here.organization)
    stranger = factories.member(here.program, "brand_signatory")
    expected = {
        here.director: {
            "version": 200,
            "sign": 200,
            "edit_version": 302,
            "complete_file": 404,
            "decline": 302,
        },
        here.signatory: {
            "version": 200,
            "sign": 200,
            "edit_version": 403,
            "complete_file": 404,
            "decline": 200,
        },
        officer: {"version": 200, "sign": 403, "edit_version": 403, "complete_file": 404, "decline": 403},
        stranger: {"version": 404, "sign": 404, "edit_version": 403, "complete_file": 404, "decline": 404},
    }
    for person, answers in expected.items():
        factories.sign_in(client, person)
        found = {name: client.get(url(here, name, proposed.pk)).status_code for name in answers}
        assert found == answers, person
        assert client.get(url(here, "version", draft.pk)).status_code == (
            200 if person == here.director else 404
        )


def test_a_party_declines_with_a_reason(client, here):
    version = here.proposed()
    factories.sign_in(client, here.signatory)
    assert client.post(url(here, "decline", version.pk), {"reason": ""}).status_code == 422
    client.post(url(here, "decline", version.pk), {"reason": "The stop is too short."})
    with here.staff():
        assert Decline.objects.get().reason == "The stop is too short."
    factories.sign_in(client, here.director)
    assert b"The stop is too short." in client.get(url(here, "version", version.pk)).content


def test_the_list_takes_as_many_queries_for_three_as_for_one(client, here, django_assert_max_num_queries):
    here.draft()
    factories.sign_in(client, here.director)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url(here, "agreements"))
    with CaptureQueriesContext(connection) as one:
        client.get(url(here, "agreements"))
    here.draft()
    here.draft()
    with CaptureQueriesContext(connection) as three:
        page = client.get(url(here, "agreements"))
    assert len(one) == len(three)
    assert page.content.count(b"Garment Workers Union, Brand North") == 3


def test_an_amendment_shows_each_word_that_differs(client, here):
    agreement = here.in_force()
    factories.sign_in(client, here.director)
    client.post(url(here, "amend", agreement.pk), {"change_note": "A clearer stop."})
    with here.staff():
        version = agreement.versions.get(number=2)
        clause = version.clauses.get(kind="stop_purchase")
    typed = {
        "reference": clause.reference,
        "title": clause.title,
        "text": clause.text.replace("stops buying", "ends buying"),
    }
    typed |= {"p_stop_within_value": "30", "p_stop_within_unit": "days", "is_public": "on"}
    client.post(url(here, "edit_clause", clause.pk), typed)
    page = client.get(url(here, "compare", version.pk)).content.decode()
    assert '<del><span class="visually-hidden">removed: </span>stops<span' in page
    assert '<ins><span class="visually-hidden">added: </span>ends<span' in page
    assert (
        "Clause 3, Stop of purchases, is changed"
        in client.get(url(here, "version", version.pk)).content.decode()
    )


# ── The public page ──────────────────────────────────────────────────────────────────────────────

VERIFY = "/registry/verify-document/"


@pytest.mark.django_db(databases=["default", "public"])
@pytest.mark.usefixtures("transactional_db")
def test_anyone_checks_a_document(client):
    from django.core.cache import cache

    program = factories.program("garment")
    here = table(program, factories.member(program, "director"))
    version = here.proposed()
    text = content_path(version.text_sha256).read_bytes()

    def upload(content):
        return client.post(VERIFY, {"document": SimpleUploadedFile("a.pdf", content, "application/pdf")})

    page = upload(text).content.decode()
    assert "Not signed by everyone yet" in page
    assert "Brand North" not in page
    here.sign(version)
    version = here.countersign(version)
    with here.staff():
        complete = content_path(version.complete_sha256).read_bytes()
    page = upload(complete).content.decode()
    for words in ("Signed by everyone", "certificate page", "Brand North (Brand)", "Fair work agreement"):
        assert words in page
    page = client.get(VERIFY, {"sha256": version.text_sha256.upper()}).content.decode()
    assert "Signed by everyone" in page
    altered = bytearray(complete)
    altered[len(altered) // 2] ^= 1
    assert "Not a document of this installation" in upload(bytes(altered)).content.decode()
    assert client.post(VERIFY, {"sha256": "12"}).status_code == 422
    assert client.post(VERIFY, {}).status_code == 422
    assert "Set-Cookie" not in client.get(VERIFY).headers
    cache.clear()
    answers = [client.get(VERIFY, {"sha256": "0" * 64}).status_code for _try in range(61)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_a_large_file_is_refused_before_it_is_read(client, db):
    answer = client.post(
        VERIFY, b"x", content_type="application/pdf", headers={"content-length": str(30 * 1024 * 1024)}
    )
    assert answer.status_code == 413
    assert b"larger than 20 MB" in answer.content
