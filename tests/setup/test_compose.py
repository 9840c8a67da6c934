"""docker-compose.yml without Docker: it parses, its commands exist, and it gives nothing away."""

import re
import subprocess

import pytest
import yaml
from django.core.management import get_commands

from wsr import machine
from wsr.celery import app

from .conftest import ROOT

OURS = ("setup", "web", "worker", "beat")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_production_shape_is_complete(compose):
    assert set(compose["services"]) == {*OURS, "postgres", "valkey", "nginx"}


def test_every_command_exists(compose):
    words = " ".join(compose["services"][name]["command"] for name in OURS)

    assert set(re.findall(r"manage\.py (\w+)", words)) <= set(get_commands())
    assert set(re.findall(r"-A (\S+)", words)) == {"wsr.celery"}
    assert app.main == "wsr"
    assert "wsr.wsgi:application" in words


def test_the_commands_are_those_of_make_run(compose):
    source = (ROOT / "wsr/launch.py").read_text()

    for command in ("prepare_database", "migrate", "collectstatic", "wsr.wsgi:application"):
        assert command in source
        assert command in str(compose)


def test_settings_know_every_variable(compose):
    known = (ROOT / "wsr/settings.py").read_text()

    for name in OURS:
        unknown = [
            variable for variable in compose["services"][name]["environment"] if f'"{variable}"' not in known
        ]
        assert unknown == []


def test_only_the_set_up_job_knows_the_administrator(compose):
    holders = [name for name in OURS if "DATABASE_URL" in compose["services"][name]["environment"]]

    assert holders == ["setup"]


def test_no_secret_stands_in_the_file_and_all_come_from_env():
    text = (ROOT / "docker-compose.yml").read_text()
    example = (ROOT / ".env.example").read_text()
    variables = set(re.findall(r"\$\{(\w+)", text))

    assert variables <= set(re.findall(r"^(\w+)=", example, re.M))
    assert not re.search(r"(PASSWORD|SECRET\w*): +(?!\$\{)", text)
    assert re.findall(r"^\w*(?:PASSWORD|SECRET_KEY)=(.+)$", example, re.M) == []


def test_no_image_floats(compose):
    images = [service["image"] for service in compose["services"].values()]

    assert all(re.search(r":\d", image) for image in images)
    assert ":3.13" in (ROOT / ".docker/Dockerfile").read_text()


def test_volumes_are_declared_and_nginx_sees_only_what_is_public(compose):
    named = {
        mount.split(":")[0]
        for name in compose["services"]
        for mount in compose["services"][name].get("volumes", [])
    }
    seen = {mount.split(":")[0] for mount in compose["services"]["nginx"]["volumes"]}

    assert {name for name in named if name.isalpha()} == set(compose["volumes"])
    assert {name for name in seen if name.isalpha()} == {"published", "static"}


def test_a_broken_web_process_changes_neither_the_key_nor_the_record(compose):
    assert {"keys:/data/keys:ro", "published:/data/published:ro"} <= set(
        compose["services"]["web"]["volumes"]
    )
    assert "keys:/data/keys:ro" in compose["services"]["worker"]["volumes"]


def test_every_packaged_library_is_in_the_image():
    dockerfile = (ROOT / ".docker/Dockerfile").read_text()

    assert [
        package for need in machine.FOR_RUN for package in need.packages if package not in dockerfile
    ] == []


def test_secrets_and_tests_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert {".env", "var", ".git", "tests"} <= set(ignored)


def test_git_ignores_the_environment_file():
    assert subprocess.run(["git", "check-ignore", "-q", ".env"], cwd=ROOT, check=False).returncode == 0
