"""Evidence of visits: the clean copy for those who may see it, the place for the team alone, each file once."""

import threading
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audits.enums import TeamRole
from audits.models import ActionProof, Bar, Evidence, EvidencePlace, Inspection, Report
from audits.operations import evidence, visits
from audits.operations.records import Invalid
from audits.operations.states import CannotMove, NotOnTeam, Stale
from tests import database, factories
from tests.audits import making
from tests.factories import AT
from tests.files import making as made_of
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.files import operations as files
from wsr.files import receiving
from wsr.files.models import StoredFile
from wsr.history.models import Event, Held
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import OPEN


@pytest.fixture
def visit(program):
    """An unannounced visit under way, with two auditors on the team."""
    people = [(factories.member(program, Role.AUDITOR), role) for role in (TeamRole.LEAD, TeamRole.AUDITOR)]
    made = making.under_way(program, team=people)
    made.second = people[1][0]
    return made


def send(visit, person, content=None, *, evidence_id=None, **said):
    """Upload in pieces and add, inside the sender's scope."""
    content = content or made_of.jpeg((200, 100))
    upload = evidence.open_upload(
        inspection_id=visit.pk, name="IMG_1.jpg", size=len(content), sha256=made_of.sha256(content),
        chunk_size=2048, by=person, at=AT,
    )  # fmt: skip
    for offset in range(upload.received, len(content), 2048):
        receiving.put_chunk(
            upload_id=upload.pk, offset=offset, content=content[offset : offset + 2048], by=person, at=AT
        )
    return evidence.add(
        inspection_id=visit.pk,
        upload_id=upload.pk,
        evidence_id=evidence_id,
        noted_at=AT,
        by=person,
        at=AT,
        **said,
    )


def test_the_clean_copy_is_kept_and_the_place_is_sealed(program, visit):
    with making.as_auditor(program, visit.lead):
        put = send(visit, visit.lead, caption="  Blocked exit ")
        assert (put.outcome, put.row.caption, put.row.secret_of) == ("applied", "Blocked exit", visit.pk)
        kept = put.row.file
        content = kept.path.read_bytes()
        assert [secret for secret in made_of.SECRETS if secret in content] == []
        assert (kept.circle_id, kept.secret_of, kept.media_type) == (visit.pk, visit.pk, "image/jpeg")
        place = EvidencePlace.objects.get()
        assert (float(place.latitude), float(place.longitude)) == (23.810139, 90.403403)
        assert place.taken_at.isoformat() == "2026-03-01T08:05:06+00:00"
        assert receiving.Upload.objects.get().said == {}


def test_nobody_outside_the_team_knows_of_it_until_the_visit_is_over_and_nobody_ever_of_the_place(
    program, visit
):
    director = factories.member(program, Role.DIRECTOR)
    with making.as_auditor(program, visit.lead):
        row = send(visit, visit.lead).row
    with making.as_staff(program, director):
        assert (Evidence.objects.count(), StoredFile.objects.count(), Held.objects.count()) == (0, 0, 0)
        assert not Event.objects.filter(event="evidence.added").exists()
    with making.as_auditor(program, visit.lead):
        visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT)
    with making.as_staff(program, director):
        assert Evidence.objects.select_related("file").get().file.sha256 == row.file.sha256
        assert Event.objects.filter(event="evidence.added").count() == 1
        assert EvidencePlace.objects.count() == 0
    with making.as_auditor(program, visit.second):
        assert EvidencePlace.objects.count() == 1
    with program_scope(program.pk, Audience.AUDITOR, person_id=factories.member(program, Role.AUDITOR).pk):
        assert (Evidence.objects.count(), StoredFile.objects.count(), EvidencePlace.objects.count()) == (
            0,
            0,
            0,
        )


def test_a_file_that_was_on_its_way_when_the_visit_ended_its_secret_is_open_too(program, visit):
    content = made_of.jpeg()
    with making.as_auditor(program, visit.lead):
        taken = files.take_in(
            chunks=[content], name="a.jpg", circle_id=visit.pk, secret_of=visit.pk, by=visit.lead, at=AT
        )
        visits.leave(inspection_id=visit.pk, by=visit.lead, at=AT)
        StoredFile.objects.filter(pk=taken.file.pk).update(
            secret_of=visit.pk
        )  # as a finish that ran beside it wrote it
        taken.file.refresh_from_db()
        put = evidence.add_taken(
            inspection_id=visit.pk, taken=taken, evidence_id=None, noted_at=AT, by=visit.lead, at=AT
        )
        assert put.row.secret_of == OPEN
    with making.as_staff(program, visit.planner):
        assert Evidence.objects.select_related("file").get().file.secret_of == OPEN


def test_the_same_file_counts_once_whoever_sends_it(program, visit):
    first = uuid4()
    with making.as_auditor(program, visit.lead):
        assert send(visit, visit.lead, evidence_id=first).outcome == "applied"
        assert send(visit, visit.lead, evidence_id=first).outcome == "duplicate"
        with pytest.raises(Stale) as stale:
            send(visit, visit.lead, evidence_id=first, caption="Other words")
        assert stale.value.current.pk == first
        with pytest.raises(Invalid, match="belongs to another record"):
            send(visit, visit.lead, made_of.jpeg(salt="other"), evidence_id=first)
    with making.as_auditor(program, visit.second):
        again = send(visit, visit.second, evidence_id=uuid4())
        assert (again.outcome, again.row.pk) == ("duplicate", first)
        assert Evidence.objects.count() == 1


def test_a_later_version_names_the_one_it_replaces_and_both_stay(program, visit):
    with making.as_auditor(program, visit.lead):
        old = send(visit, visit.lead).row
        new = send(visit, visit.lead, made_of.jpeg(salt="sharper"), replaces_id=old.pk).row
        assert (new.replaces_id, Evidence.objects.count()) == (old.pk, 2)
        with pytest.raises(Invalid, match="replaced already"):
            send(visit, visit.lead, made_of.jpeg(salt="third"), replaces_id=old.pk)
        with pytest.raises(Invalid, match="no evidence of this inspection"):
            send(visit, visit.lead, made_of.jpeg(salt="third"), replaces_id=uuid4())


def test_words_change_and_the_file_does_not(program, visit):
    with making.as_auditor(program, visit.lead):
        row = send(visit, visit.lead).row
        found = making.finding(program, visit).row
        said = {"evidence_id": row.pk, "by": visit.lead, "at": AT}
        changed = evidence.change(**said, caption="Stairs", finding_id=found.pk, if_version=1).row
        assert (changed.caption, changed.finding_id, changed.version) == ("Stairs", found.pk, 2)
        assert (
            evidence.change(**said, caption="Stairs", finding_id=found.pk, if_version=1).outcome
            == "duplicate"
        )
        with pytest.raises(Stale):
            evidence.change(**said, caption="Door", finding_id=None, if_version=1)
        with pytest.raises(Invalid, match="finding of this inspection"):
            evidence.change(**said, caption="Door", finding_id=uuid4(), if_version=2)


def test_only_the_team_and_only_during_the_visit(program, visit):
    with making.as_auditor(program, visit.lead):
        send(visit, visit.lead)
        visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT)
        assert send_again(visit, visit.lead).outcome == "duplicate", (
            "a resend after the end still gets its answer"
        )
        with pytest.raises(CannotMove, match="not under way"):
            send(visit, visit.lead, made_of.jpeg(salt="late"))
    stranger = factories.member(program, Role.AUDITOR)
    with making.as_auditor(program, stranger), pytest.raises(Inspection.DoesNotExist):
        send(visit, stranger)
    director = factories.member(program, Role.DIRECTOR)
    with making.as_staff(program, director), pytest.raises(NotOnTeam):
        send(visit, director)


def send_again(visit, person):
    upload = receiving.Upload.objects.get()
    return evidence.add(
        inspection_id=visit.pk, upload_id=upload.pk, evidence_id=None, noted_at=AT, by=person, at=AT
    )


def test_a_file_of_another_inspection_is_refused(program, visit):
    other = making.under_way(program, team=[(visit.lead, TeamRole.LEAD)])
    with making.as_auditor(program, visit.lead):
        taken = files.take_in(
            chunks=[made_of.jpeg()],
            name="a.jpg",
            circle_id=other.pk,
            secret_of=other.pk,
            by=visit.lead,
            at=AT,
        )
        with pytest.raises(Invalid, match="another inspection"):
            evidence.add_taken(
                inspection_id=visit.pk, taken=taken, evidence_id=None, noted_at=AT, by=visit.lead, at=AT
            )


def test_two_devices_add_the_same_photo_at_once(transactional_db):
    program = factories.program()
    people = [(factories.member(program, Role.AUDITOR), role) for role in (TeamRole.LEAD, TeamRole.AUDITOR)]
    visit = making.under_way(program, team=people)
    start, outcomes, errors = threading.Barrier(2), [], []

    def run(person):
        try:
            start.wait()
            with making.as_auditor(program, person):
                outcomes.append(send(visit, person, evidence_id=uuid4()).outcome)
        except Exception as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=(person,)) for person, _role in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (errors, sorted(outcomes)) == ([], ["applied", "duplicate"])
    with making.as_auditor(program, visit.lead):
        assert (Evidence.objects.count(), EvidencePlace.objects.count(), StoredFile.objects.count()) == (
            1,
            1,
            1,
        )


def test_who_is_barred_from_a_supplier_reads_no_file_of_its_inspections(program):
    """Evidence, a report, a proof and a shared copy of it, in raw SQL; what else the supplier has stays readable."""
    visit = making.submitted(program, is_announced=True)
    elsewhere = making.submitted(program, is_announced=True)
    director = factories.member(program, Role.DIRECTOR)
    readers = {director: Audience.STAFF, visit.lead: Audience.AUDITOR}

    def stored(name: str, **readers) -> StoredFile:
        said = {"size": 1, "media_type": "text/plain", "stored_at": AT, "stored_by": None}
        return StoredFile.objects.create(sha256=made_of.sha256(name.encode()), name=name, **said, **readers)

    def seen(person) -> set[str]:
        with (
            program_scope(program.pk, readers[person], person_id=person.pk),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT name FROM files_storedfile")
            return {name for (name,) in cursor.fetchall()}

    report = making.report(program, visit)
    action = making.action(program, workplace=visit.place)
    with program_scope(program.pk, person_id=director.pk):
        Report.objects.filter(pk=report.pk).update(file=stored("report", participation_id=visit.supplier_id))
        proof = stored("proof", participation_id=visit.supplier_id)
        ActionProof.objects.create(
            action=action, supplier_id=visit.supplier_id, file=proof, by=director, sent_at=AT
        )
        files.share(file=proof, circle_id=visit.pk, secret_of=OPEN, by=director, at=AT)
        stored("photo", circle_id=visit.pk)
        stored("photo elsewhere", circle_id=elsewhere.pk)
        stored("letter", participation_id=visit.supplier_id)
    others = {"photo elsewhere", "letter"}
    assert seen(director) == {"report", "proof", "photo", *others}
    assert seen(visit.lead) == {"proof", "photo"}
    with program_scope(program.pk, person_id=director.pk):
        for person in readers:
            Bar.objects.create(person=person, supplier_id=visit.supplier_id, tie="family", begun_at=AT)
    assert seen(director) == others
    assert seen(visit.lead) == set()
    with program_scope(program.pk, person_id=director.pk):
        Bar.objects.update(ended_at=AT)
    assert seen(director) == {"report", "proof", "photo", *others}


def test_a_team_may_read_a_suppliers_proof_that_was_shared(program, visit):
    organization = factories.organization(kind="supplier")
    part = factories.supplier(program, organization=organization)
    portal = {"audience": Audience.SUPPLIER, "organization_id": organization.pk}
    with program_scope(program.pk, **portal):
        proof = files.take_in(chunks=[made_of.jpeg()], name="repaired.jpg", by=None, at=AT).file
    with making.as_auditor(program, visit.lead):
        assert StoredFile.objects.count() == 0
    with making.as_staff(program, visit.planner):
        row = files.share(file=proof, circle_id=visit.pk, by=visit.planner, at=AT)
        assert files.share(file=proof, circle_id=visit.pk, by=visit.planner, at=AT) == row
    with making.as_auditor(program, visit.lead):
        assert StoredFile.objects.get(shared_from=proof.pk).path == proof.path
    with making.as_staff(program, factories.member(program, Role.DIRECTOR)):
        assert list(StoredFile.objects.values_list("pk", flat=True)) == [proof.pk]
    with program_scope(program.pk, **portal):
        assert [(file.pk, file.participation_id) for file in StoredFile.objects.all()] == [
            (proof.pk, part.pk)
        ]


def test_a_team_reads_what_the_supplier_has_shown_for_its_actions(client, program):
    workplace = factories.workplace(program)

    def show(name: str, state: str) -> None:
        action = making.action(program, workplace=workplace, state=state)
        said = {"by": factories.member(program, Role.DIRECTOR), "at": AT}
        with program_scope(program.pk):
            file = files.take_in(
                chunks=[name.encode()], name=name, participation_id=workplace.supplier_id, **said
            ).file
            ActionProof.objects.create(
                action=action, supplier_id=workplace.supplier_id, file=file, by=said["by"], sent_at=AT
            )

    show("rails.txt", "reported")
    show("withdrawn.txt", "withdrawn")
    visit = making.under_way(program, workplace=workplace)
    show("stairs.txt", "agreed")
    list_url = reverse("audits:evidence", args=[program.slug, visit.pk])
    factories.sign_in(client, visit.planner)
    shared = client.post(reverse("audits:share_proofs", args=[program.slug, visit.pk]), follow=True)
    assert "The team can read 1 more file." in shared.content.decode()
    factories.sign_in(client, visit.lead)
    page = client.get(list_url).content.decode()
    assert [name in page for name in ("rails.txt", "stairs.txt", "withdrawn.txt")] == [
        True,
        True,
        False,
    ]
    link = page.split('<a href="/files/')[1].split('"')[0]
    assert b"".join(client.get(f"/files/{link}").streaming_content) == b"rails.txt"
    assert client.post(reverse("audits:share_proofs", args=[program.slug, visit.pk])).status_code == 403
    with making.as_staff(program, factories.member(program, Role.DIRECTOR)):
        assert not StoredFile.objects.exclude(shared_from=None).exists()
        assert not Event.objects.filter(event="proofs.shared").exists()


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def url(program, visit):
    return lambda *more: "/".join(
        ["", "p", program.slug, "inspections", str(visit.pk), "evidence", *map(str, more), ""]
    )


def photo(salt="", name="wall.jpg"):
    return SimpleUploadedFile(name, made_of.jpeg(salt=salt), content_type="text/html")


def test_the_team_sends_looks_and_replaces_in_the_browser(client, program, visit, url):
    factories.sign_in(client, visit.lead)
    found = making.finding(program, visit).row
    assert b"No photo or document yet" in client.get(url()).content
    form = client.get(url("add") + f"?finding={found.pk}").content.decode()
    assert 'enctype="multipart/form-data"' in form
    assert f'value="{found.pk}" selected' in form
    sent = {"files": [photo(), photo("b", "b.jpg")], "caption": "Stairs", "finding_id": str(found.pk)}
    answer = client.post(url("add"), sent, follow=True)
    assert "2 files added." in answer.content.decode()
    again = client.post(url("add"), {"files": [photo()]}, follow=True)
    assert "0 files added. 1 was there already." in again.content.decode()
    with making.as_auditor(program, visit.lead):
        rows = list(Evidence.objects.order_by("pk"))
        assert {(row.caption, row.finding_id) for row in rows} == {("Stairs", found.pk)}
    page = client.get(url(rows[0].pk)).content.decode()
    assert "23.810139, 90.403403" in page
    assert "Read by the team of this inspection alone" in page
    link = page.split('<img src="')[1].split('"')[0]
    content = b"".join(client.get(link).streaming_content)
    assert [secret for secret in made_of.SECRETS if secret in content] == []
    client.post(url(rows[0].pk, "replace"), {"files": [photo("c")], "caption": "Stairs, sharper"})
    assert "replaced by a later one" in client.get(url(rows[0].pk)).content.decode()
    assert "Replaced" in client.get(url()).content.decode()
    assert client.post(url(rows[1].pk, "change"), {"caption": "Door", "finding_id": ""}).status_code == 302
    assert "Door" in client.get(url(rows[1].pk)).content.decode()


def test_a_file_that_is_not_taken_is_named_and_the_words_stay(client, program, visit, url, settings):
    factories.sign_in(client, visit.lead)
    bad = SimpleUploadedFile("plan.jpg", made_of.SVG, content_type="image/jpeg")
    answer = client.post(url("add"), {"files": [photo(), bad], "caption": "The plan"})
    page = answer.content.decode()
    assert (answer.status_code, "plan.jpg: Web pages, SVG drawings" in page, 'value="The plan"' in page) == (
        422,
        True,
        True,
    )
    assert client.post(url("add"), {"caption": "Nothing"}).status_code == 422
    settings.MAX_UPLOAD_BYTES = 100
    answer = client.post(url("add"), {"files": [photo()], "caption": "The plan"})
    assert (answer.status_code, "The file is larger than" in answer.content.decode()) == (422, True)
    with making.as_auditor(program, visit.lead):
        assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_pages_of_a_secret_visit_are_not_there_for_others(client, program, visit, url):
    with making.as_auditor(program, visit.lead):
        row = send(visit, visit.lead).row
    paths = [url(), url("add"), url(row.pk), url(row.pk, "change"), url(row.pk, "replace")]
    for role, status in (
        (Role.DIRECTOR, 404),
        (Role.AUDITOR, 404),
        (Role.BRAND_OFFICER, 403),
        (Role.SUPPLIER_MANAGER, 403),
    ):
        factories.sign_in(client, factories.member(program, role))
        assert {client.get(path).status_code for path in paths} == {status}, role


def test_the_list_asks_no_more_for_many_than_for_one(
    client, program, visit, url, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    factories.sign_in(client, visit.lead)
    counts = []
    for salts in (["1"], ["2", "3", "4"]):
        with making.as_auditor(program, visit.lead):
            for salt in salts:
                send(visit, visit.lead, made_of.jpeg(salt=salt))
        client.get(url())
        with CaptureQueriesContext(connection) as seen:
            client.get(url())
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_link_of_the_page_is_good_for_the_team_only_while_it_is(client, program, visit, url):
    with making.as_auditor(program, visit.lead):
        row = send(visit, visit.lead).row
    factories.sign_in(client, visit.second)
    link = client.get(url(row.pk)).content.decode().split('<img src="')[1].split('"')[0]
    assert client.get(link).status_code == 200
    with program_scope(program.pk):
        Membership.objects.filter(person=visit.second).update(ended_at=timezone.now())
    assert client.get(link).status_code == 404
