"""Files of a complaint: optional, one at a time, sealed with it, read by its circle and by her alone, and every reading told."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from complaints.enums import Direction
from complaints.models import Attachment, Complaint, Message
from complaints.operations import attachments, flood
from complaints.operations.attachments import Sent, shown_name
from complaints.views import attaching
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_worker_pages import CASE, receipt_on
from tests.factories import sign_in
from tests.files import making as files
from tests.files import recordings
from wsr.files import sealed
from wsr.files.models import SealedFile
from wsr.history.models import Event
from wsr.tenancy import program_scope, worker_scope
from wsr.vault import operations as vault

NAME = "CANARYNAME Meena.jpg"


def photo(content=None, name=NAME):
    return SimpleUploadedFile(name, files.jpeg() if content is None else content, "image/jpeg")


def text(page) -> str:
    return page.content.decode()


@pytest.fixture
def place(program):
    return f"/report/{program.slug}/"


def upload(client, where, file=None, **more):
    return client.post(f"{where}?p=files", {"act": "file", "file": file or photo(), **more}, follow=True)


def arrived(client, place, *sent) -> tuple[str, str]:
    """A complaint with files; its number and secret."""
    client.post(place, {"q": "2", "what": "They lock the fire door every night."})
    for file in sent:
        upload(client, place, file)
    number, secret = receipt_on(client.post(place, {"send": "1"}, follow=True))
    return number.replace("-", ""), secret.replace("-", "")


def only(program) -> Complaint:
    with program_scope(program.pk):
        return Complaint.objects.get()


def test_files_come_with_the_complaint_and_stay_hers(program, place, client):
    client.post(place, {"q": "2", "what": "They lock the fire door every night."})
    assert "?p=files" in text(client.get(f"{place}?q=9"))
    first = upload(client, place)
    assert "photo" in text(first)
    assert len(first.content) < 4_000  # bytes, before compression
    assert NAME in text(first)
    refused = upload(client, place, photo(b"<svg onload=alert(1)>"))
    assert refused.status_code == 422
    assert 'role="alert"' in text(refused)
    assert NAME in text(refused)  # what arrived before is still there
    upload(client, place, SimpleUploadedFile("memo.amr", recordings.amr()))
    dropped = re.findall(r'name="drop" value="([^"]+)"', text(client.get(f"{place}?p=files")))
    assert len(dropped) == 2
    client.post(f"{place}?p=files", {"act": "file", "drop": dropped[1]})
    assert "1 file" in text(client.get(f"{place}?q=9"))
    number, secret = receipt_on(client.post(place, {"send": "1"}, follow=True))
    complaint = only(program)

    client.post(CASE, {"number": number, "secret": secret})
    page = text(client.get(CASE))
    [link] = re.findall(r'href="(\?file=[^"]+)"', page)
    assert NAME in page
    got = client.get(CASE + link)
    assert got["Content-Type"] == "image/jpeg"
    assert got["Content-Disposition"] == 'attachment; filename="file.jpg"'
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got["Cache-Control"] == "no-store"
    assert b"Acme Phone" not in got.content
    assert client.get(f"{CASE}?file={complaint.pk}").status_code == 404
    assert client.get(f"{CASE}?file=x").status_code == 404
    with worker_scope(program.pk, complaint.pk):
        message = Attachment.objects.get().message
        assert (message.question, message.direction) == ("what", Direction.FROM_WORKER)


def test_no_page_of_files_before_there_is_an_answer(program, place, client):
    assert "Question" not in text(client.get(f"{place}?p=files"))
    assert not upload(client, place).cookies
    assert not list(sealed._root().rglob("*"))


def test_a_file_too_many_too_large_or_none(program, place, client, settings):
    client.post(place, {"q": "2", "what": "They lock the fire door every night."})
    none = client.post(f"{place}?p=files", {"act": "file"})
    assert (none.status_code, "Choose a file first." in text(none)) == (422, True)
    settings.SEALED_FILE_BYTES = 2000
    large = upload(client, place, photo(b"x" * 3000))
    assert (large.status_code, "larger than" in text(large)) == (422, True)
    for _ in range(7):
        upload(client, place, photo(b"a,b\n"))
    assert text(client.get(f"{place}?p=files")).count('name="drop"') == attachments.MOST_OF_DRAFT


def test_a_flood_of_files_is_refused_and_words_are_not(program, place, client, monkeypatch):
    monkeypatch.setattr(attaching, "FREE", 1)
    client.post(place, {"q": "2", "what": "They lock the fire door every night."})
    upload(client, place)
    second = upload(client, place)
    assert (second.status_code, "Tell us in words" in text(second)) == (422, True)
    assert receipt_on(client.post(place, {"send": "1"}, follow=True))
    assert not flood.is_flooding("unknown")


def test_leaving_takes_the_files_along(program, place, client, django_capture_on_commit_callbacks):
    client.post(place, {"q": "2", "what": "They lock the fire door every night."})
    upload(client, place)
    lies = [path for path in sealed._root().rglob("*") if path.is_file()]
    assert len(lies) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(place, {"leave": "1"})
    assert not lies[0].exists()


def test_she_adds_a_file_later(program, place, client):
    number, secret = arrived(client, place)
    client.post(CASE, {"number": number, "secret": secret})
    assert 'type="file"' in text(client.get(f"{CASE}?p=files"))
    assert "We have your file." in text(upload(client, CASE, photo(name=f"{secret}.jpg")))
    refused = upload(client, CASE, photo(b""))
    assert refused.status_code == 422
    page = text(client.get(CASE))
    assert page.count("?file=") == 1
    assert secret not in page  # her code was the name of the file


def test_the_circle_reads_and_adds_and_others_do_not(program, place, client, other_program):
    arrived(client, place, photo())
    complaint, ana, ben = only(program), *(factories.member(program, "case_handler") for _ in range(2))
    making.take(program, complaint, ana)
    with program_scope(program.pk, person_id=ana.pk):
        [row] = Attachment.objects.all()
    desk = reverse("complaints:complaint", args=[program.slug, complaint.pk])
    where = reverse("complaints:file", args=[program.slug, complaint.pk, row.pk])
    add = reverse("complaints:attach", args=[program.slug, complaint.pk])

    sign_in(client, ben)
    assert client.get(where).status_code == 404
    refused = client.post(add, {"file": photo()})
    assert (refused.status_code, "Take a part" in text(refused)) == (422, True)
    sign_in(client, ana)
    page = text(client.get(desk))
    assert where in page
    assert NAME in page
    assert NAME not in where
    assert client.get(where)["Content-Disposition"] == 'attachment; filename="file.jpg"'
    with program_scope(program.pk, person_id=ana.pk):
        event = Event.objects.filter(event="complaint.file_read").get()
        assert (event.actor_id, event.subject_id) == (ana.pk, complaint.pk)

    assert client.post(add, {"file": photo(b"GIF89a")}).status_code == 422
    assert client.post(add, {}).status_code == 422
    assert client.post(add, {"file": photo()}).status_code == 302
    assert client.post(add, {"file": photo(), "is_for_worker": "on"}).status_code == 302
    with worker_scope(program.pk, complaint.pk):  # what is a note is none of hers
        assert Attachment.objects.count() == 2
        assert Attachment.objects.filter(message__direction=Direction.TO_WORKER).count() == 1
    with program_scope(program.pk, person_id=ana.pk):
        assert Attachment.objects.count() == 3


def test_posts_of_staff_are_protected_from_other_sites(program, client):
    from django.test import Client

    complaint = making.complaint(program)
    ana = factories.member(program, "case_handler")
    making.take(program, complaint, ana)
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, ana)
    add = reverse("complaints:attach", args=[program.slug, complaint.pk])
    assert strict.post(add, {"file": photo()}).status_code == 403


def test_erased_with_the_case(program, place, client):
    arrived(client, place, photo())
    complaint = only(program)
    ana = factories.member(program, "case_handler")
    making.take(program, complaint, ana)
    with program_scope(program.pk, person_id=ana.pk):
        file = SealedFile.objects.get()
        assert sealed.content_of(file)
        vault.destroy(complaint.pk, by=ana, at=timezone.now(), reason="asked for")
        assert sealed.content_of(file) is None
        sent = Sent(sealed.Clean(b"x", "text/plain"))
        with pytest.raises(vault.CaseErased):
            attachments.add(complaint_id=complaint.pk, sent=sent, is_for_worker=False, by=ana, at=AT)


def test_one_of_several_does_not_see_the_files_of_another(program):
    complaint = making.complaint(program)
    with worker_scope(program.pk, complaint.pk):
        message = Message.objects.create(
            complaint=complaint, direction=Direction.FROM_WORKER, complainant_id=complaint.pk, at=AT
        )
        sent = Sent(sealed.Clean(b"x", "text/plain"))
        attachments.attach(message, sent, is_for_worker=True, by=None, at=AT)
        assert Attachment.objects.count() == 1
    other = factories.member(program, "director").pk  # any id that is not hers
    with worker_scope(program.pk, complaint.pk, other):
        assert Attachment.objects.count() == 0


def test_enough_is_enough(program, monkeypatch):
    monkeypatch.setattr(attachments, "MOST", 0)
    complaint, ana = making.complaint(program), factories.member(program, "case_handler")
    making.take(program, complaint, ana)
    sent = Sent(sealed.Clean(b"x", "text/plain"))
    with program_scope(program.pk, person_id=ana.pk), pytest.raises(attachments.TooMany):
        attachments.add(complaint_id=complaint.pk, sent=sent, is_for_worker=True, by=ana, at=AT)


def test_names_of_files_are_one_line_without_folders():
    assert shown_name("C:\\Users\\Meena\\my\u202egpj.exe\n") == "mygpj.exe"
    assert len(shown_name("x" * 500)) == 120
