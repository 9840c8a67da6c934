"""Secrets of people: no audience, through any login, reads a password hash, a second factor, a session or a confirmation key."""

import psycopg
import pytest
from django.db import connections

from tests import factories
from wsr.accounts.models import Credential, Person
from wsr.tenancy import Audience, engine_scope, program_scope, public_scope

SECRETS = {
    "accounts_credential": ["hash"],
    "mfa_authenticator": ["data"],
    "django_session": ["session_key", "session_data"],
    "usersessions_usersession": ["session_key"],
    "account_emailconfirmation": ["key"],
    "socialaccount_socialtoken": ["token", "token_secret"],
    "socialaccount_socialapp": ["secret"],
}
SCOPES = {
    **{
        audience: lambda pk, audience=audience: program_scope(pk, audience)
        for audience in (Audience.STAFF, Audience.BRAND, Audience.SUPPLIER, Audience.AUDITOR, Audience.WORKER)
    },
    Audience.ENGINE: engine_scope,
    Audience.PUBLIC: lambda _pk: public_scope(),
}


@pytest.fixture
def program(transactional_db):
    made = factories.program("garment")
    factories.second_factor(factories.member(made, "director"))
    return made


@pytest.mark.parametrize("audience", SCOPES)
def test_no_audience_reads_a_secret(program, audience):
    for table, columns in SECRETS.items():
        for statement in (*(f"SELECT {column} FROM {table}" for column in columns), f"SELECT * FROM {table}"):
            with SCOPES[audience](program.pk), connections[audience.alias].cursor() as cursor:
                with pytest.raises(Exception, match="permission denied") as refused:  # noqa: PT012
                    cursor.execute("SAVEPOINT here")
                    cursor.execute(statement)
                assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
                cursor.execute("ROLLBACK TO here")


def test_no_role_holds_a_grant_on_a_column_that_sounds_like_a_secret(program):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT r.rolname, c.relname, a.attname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            CROSS JOIN pg_roles r
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
              AND r.rolname IN ('wsr_staff', 'wsr_brand', 'wsr_supplier', 'wsr_auditor', 'wsr_worker', 'wsr_public', 'wsr_person')
              AND (a.attname ~ '(password|session_key|session_data|token_secret)' OR (c.relname, a.attname) IN (
                ('accounts_credential', 'hash'), ('mfa_authenticator', 'data'), ('account_emailconfirmation', 'key')))
              AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
            """
        )
        assert cursor.fetchall() == []


def test_a_list_of_people_reads_no_password(program):
    with program_scope(program.pk):
        assert "password" not in str(Person.objects.all().query)


def test_a_password_is_set_changed_and_checked(transactional_db, client):
    person = factories.person("someone@example.org")
    assert Person.objects.get(pk=person.pk).check_password(factories.PASSWORD)
    person.set_password("another correct battery")
    person.save(update_fields=["password"])
    fresh = Person.objects.get(pk=person.pk)
    assert (fresh.check_password("another correct battery"), fresh.check_password(factories.PASSWORD)) == (
        True,
        False,
    )
    fresh.name = "New"
    fresh.save()
    assert Person.objects.get(pk=person.pk).check_password("another correct battery")
    fresh.set_unusable_password()
    fresh.save()
    assert not Person.objects.get(pk=person.pk).has_usable_password()
    assert Credential.objects.count() == 1


def test_a_changed_password_ends_other_sessions(transactional_db, client):
    person = factories.person("someone@example.org")
    client.force_login(person)
    assert client.get("/inbox/").status_code != 302 or "login" not in client.get("/inbox/")["Location"]
    person.set_password("another correct battery")
    person.save()
    assert "login" in client.get("/inbox/")["Location"]
