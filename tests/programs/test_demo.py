"""The demo: whole, repeatable, and nowhere but in a demo."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from programs import demo, queries
from programs.gates import workers_are_taught
from programs.models import (
    EducationSession,
    EndorsementLetter,
    Endorser,
    NewsItem,
    Participation,
    Sourcing,
    StandingEvent,
    Workplace,
)
from programs.queries import education, endorsers
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


def test_every_role_in_every_program_has_somebody(demos):
    assert set(demos) == {"garment-demo", "farms-demo", "dairy-demo"}
    for program in demos.values():
        with program_scope(program.pk):
            assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    somebody = Person.objects.get(email="farms.brand-officer@demo.example")
    assert somebody.check_password(demo.password_of_all())


def test_programs_have_suppliers_brands_and_complaints_in_every_state(demos):
    with program_scope(demos["garment-demo"].pk):
        assert Workplace.objects.count() == 3
        assert Participation.objects.brands().count() == 2
        assert set(Complaint.objects.values_list("state", flat=True)) == {
            "received",
            "set_aside",
            "accepted",
            "closed",
            "referred",
        }
    with program_scope(demos["farms-demo"].pk):
        assert Workplace.objects.count() == 6
        assert StandingEvent.objects.count() == 9
        assert Sourcing.objects.exists()
        rungs = dict(Participation.objects.suppliers().values_list("name", "rung"))
        assert rungs["Demo Growers Three"] == "suspended"
        assert rungs["Demo Growers Four"] == "good_standing"


def test_each_program_has_news_and_the_principles_have_endorsers(demos):
    for program in demos.values():
        with program_scope(program.pk):
            assert NewsItem.objects.filter(state="published").exists()
    with program_scope(demos["farms-demo"].pk):
        assert set(NewsItem.objects.values_list("state", flat=True)) == {"draft", "published", "withdrawn"}
    totals = endorsers.totals()
    assert (totals.organizations, totals.people, totals.unnamed, totals.left) == (3, 2, 1, 1)
    assert set(Endorser.objects.exclude(domain="").values_list("name", flat=True)) == {
        "Demo Farmworkers Alliance",
        "Demo Textile Workers Union",
    }
    assert not EndorsementLetter.objects.exclude(
        next_try_at=None
    ).exists()  # nobody writes to who was invented


def test_education_is_held_planned_and_overdue_in_every_program(demos):
    found = {}
    for slug, program in demos.items():
        with program_scope(program.pk):
            on = queries.today(timezone.now())
            coverage = education.coverage_of_program(on=on)
            planned = EducationSession.objects.filter(state="planned").count()
            found[slug] = (coverage.sessions, coverage.overdue, planned)
            assert workers_are_taught(program.pk) is True or slug == "garment-demo"
    assert found == {"garment-demo": (4, 4, 1), "farms-demo": (16, 1, 2), "dairy-demo": (1, 1, 1)}
    with program_scope(demos["farms-demo"].pk):
        assert [line.name for line in education.coverage_by_season(on=on)] == [
            "Season of today (demo)",
            "Season before (demo)",
            "First season (demo)",
        ]


def test_a_second_run_makes_nothing(demos):
    people = Person.objects.count()

    assert demo.build() == []
    assert (Program.objects.count(), Person.objects.count()) == (3, people)


def test_the_code_of_a_second_factor(demos, client):
    page = reverse("programs:demo_code")
    email = "farms.director@demo.example"
    factor = TOTP(Authenticator.objects.get(user__email=email))

    answer = client.post(page, {"asked": email})

    assert factor.validate_code(answer.context["code"])
    secret = generate_totp_secret()
    spaced = " ".join(secret[start : start + 4] for start in range(0, 32, 4)).lower()
    assert validate_totp_code(secret, client.post(page, {"asked": spaced}).context["code"])
    for wrong in ("somebody@example.org", "garment.director@demo.example", "no key"):
        assert client.post(page, {"asked": wrong}).status_code == 422


def test_the_commands_print_sign_ins_and_a_code(demos, capsys):
    call_command("demo")
    said = capsys.readouterr().out
    assert demo.password_of_all() in said
    assert "garment.director@demo.example" in said
    assert "/demo/code/" in said
    assert "/report/" in said
    assert "/registry/" in said

    call_command("demo_code", "dairy.director@demo.example")
    assert len(capsys.readouterr().out.strip()) == 6
    with pytest.raises(CommandError, match="no such demo person"):
        call_command("demo_code", "nobody@demo.example")


def test_a_real_persons_code_is_never_shown(demos):
    person = Person.objects.create_user("real@example.org", "correct horse battery")
    TOTP.activate(person, generate_totp_secret())

    assert demo.code_for("real@example.org", at=timezone.now()) is None
