"""Whatever a client sends, the answer is as described: schemathesis with all its checks, against the WSGI application in this process.

Each operation is asked at every edge of its description, and with a random seed; each case finds the same scene. Then
operations follow one another as the answers allow. A failure names its seed: WSR_FUZZ_SEED=… asks the same again.
"""

import functools
import os
import random
import re
from collections import Counter
from contextlib import contextmanager

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.overrides import with_config_headers
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
)

from tests.api import scenes
from wsr.api import schema

FIXED, RANDOM = 20260302, int(os.environ.get("WSR_FUZZ_SEED", random.SystemRandom().randrange(2**32)))
SHOWN = 12  # failures of one test
# By the first that fits; the parts take about as long as each other.
PARTS = {
    "news": r"/sync/",
    "files": r"/(evidence|uploads)/",
    "findings": r"/findings/",
    "records": r"/(responses|interviews)/",
    "visits": r"/inspections/",
    "rest": "",
}
# How many cases there are at least.
EDGES = {"news": 350, "files": 250, "findings": 250, "records": 250, "visits": 400, "rest": 250}
OTHERS = {"news": 50, "files": 50, "findings": 25, "records": 50, "visits": 50, "rest": 40}
WALKS, STEPS = 3, 15
BATCH = "/sync/batch/"  # the edges of its items are asked at the addresses of their kinds
# 428 is for a missing If-Match; 412 and 413 for what a description cannot show: other versions, limits of the installation.
CONFIG = """
[checks.missing_required_header]
expected-statuses = [400, 401, 406, 428]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 304, 404, 409, 412, 413]
"""


@functools.cache
def described():
    """The description, once per process."""
    return schema.description()


@pytest.fixture
def scene(db, settings):
    """Something behind every address. A request leaves the test's connection open, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    settings.API_REQUESTS_PER_MINUTE = settings.API_STRANGERS_PER_MINUTE = 10**9
    yield scenes.scene()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def load(*config: str):
    """The API as schemathesis sees it."""
    api = schemathesis.openapi.from_dict(described(), config=SchemathesisConfig.from_str("\n".join(config)))
    api.app = get_wsgi_application()
    return api


def gentle(examples: int, **more) -> settings:
    """Each case once: what fails is collected, and nothing is made smaller or kept."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def part_of(path: str) -> str:
    """The test that asks this address."""
    return next(name for name, pattern in PARTS.items() if re.search(pattern, path))


def only_the_fields_asked_for(ctx, response, case):
    """`fields=` narrows records to those; the description says what a whole one has."""
    if response.status_code == 200 and "fields" in (case.query or {}):
        told = response.json()
        for record in told.get("items", [told]):
            assert set(record) == set(case.query["fields"].split(","))


def each_item_by_itself(ctx, response, case):
    """A batch takes what is right in it and tells of the rest."""
    if response.status_code == 200 and case.meta.generation.mode.is_negative and case.path.endswith(BATCH):
        assert "invalid" in {result["outcome"] for result in response.json()["results"]}


class Asked:
    """Sends cases, counts them and collects what fails."""

    def __init__(self, scene) -> None:
        self.scene, self.start = scene, transaction.savepoint_create()
        self.headers = {"Authorization": f"Bearer {scene.token}"}
        self.cases: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def begin(self) -> None:
        """The database as it was before the first case."""
        transaction.savepoint_rollback(self.start)

    def __call__(self, case) -> None:
        """One case, to the scene as it was made."""
        self.begin()
        checks = self.prepare(case)
        with self.collecting(case):
            case.call_and_validate(headers=self.headers, **checks)

    def prepare(self, case) -> dict[str, list]:
        """Count it, and aim it. The checks that are for it: all, but where ours know better."""
        self.cases[case.operation.label] += 1
        excluded = [] if scenes.aim(case, self.scene) else [positive_data_acceptance]
        excluded += [response_schema_conformance] if "fields" in (case.query or {}) else []
        excluded += [negative_data_rejection] if case.path.endswith(BATCH) else []
        return {
            "excluded_checks": excluded,
            "additional_checks": [only_the_fields_asked_for, each_item_by_itself],
        }

    @contextmanager
    def collecting(self, case):
        """What fails is kept, and the run goes on."""
        try:
            yield
        except FailureGroup as group:
            self.failed[f"{case.operation.label}: {group}"] += 1

    def said(self, seed: int) -> str:
        """What failed and how to ask it again; nothing where nothing did."""
        shown = "\n".join(list(self.failed)[:SHOWN])
        return f"{len(self.failed)} failures, WSR_FUZZ_SEED={seed}\n{shown}" if self.failed else ""


def ask(part: str, scene, *, seed: int, modes: list[HypothesisTestMode], examples: int) -> Asked:
    """Every operation of a part."""
    api = load(CONFIG, scenes.pins(scene))
    asked = Asked(scene)
    for found in api.get_all_operations():
        operation = found.ok()
        if part_of(operation.path) == part:
            config = HypothesisTestConfig(
                project=api.config,
                modes=[HypothesisTestMode.FUZZING] if operation.path.endswith(BATCH) else modes,
                settings=gentle(40 if operation.path.endswith(BATCH) else examples),
                seed=seed,
                override=with_config_headers(api.config, operation=operation),
                apply_ci_profile=False,
            )
            create_test(operation=operation, test_func=asked, config=config)()
    return asked


@pytest.mark.parametrize("part", PARTS)
def test_every_edge_of_the_description_is_answered_as_described(part, scene):
    asked = ask(
        part, scene, seed=FIXED, modes=[HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE], examples=1
    )
    assert asked.said(FIXED) == ""
    assert asked.cases.total() >= EDGES[part]


@pytest.mark.parametrize("part", PARTS)
def test_anything_else_is_answered_as_described(part, scene):
    asked = ask(part, scene, seed=RANDOM, modes=[HypothesisTestMode.FUZZING], examples=8)
    assert asked.said(RANDOM) == ""
    assert asked.cases.total() >= OTHERS[part]


@pytest.mark.parametrize("seed", [FIXED, RANDOM], ids=["fixed", "random"])
def test_operations_follow_one_another_as_described(seed, scene):
    asked = Asked(scene)

    class Walk(load(CONFIG).as_state_machine()):
        """From answer to answer; each walk begins in the scene as it was made."""

        def setup(self) -> None:
            asked.begin()

        def before_call(self, case) -> None:
            if "program" in case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
                case.path_parameters["program"] = "garment"
            self.checks = asked.prepare(case)

        def get_call_kwargs(self, case) -> dict:
            return {"headers": asked.headers}

        def validate_response(self, response, case, **kwargs) -> None:
            with asked.collecting(case):
                case.validate_response(
                    response,
                    headers=asked.headers,
                    transport_kwargs=kwargs,
                    recorder=self.recorder,
                    **self.checks,
                )

    hypothesis.seed(seed)(Walk)
    run_state_machine_as_test(Walk, settings=gentle(WALKS, stateful_step_count=STEPS))
    assert asked.said(seed) == ""
    assert asked.cases.total() >= WALKS * STEPS // 2


def test_there_are_enough_cases():
    assert sum(EDGES.values()) + sum(OTHERS.values()) + WALKS * STEPS >= 2000
    assert {part_of(path) for path in described()["paths"]} == set(PARTS)
