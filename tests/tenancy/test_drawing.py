"""Migrations draw anew what changed and what refers to it; no class is left that holds another one's past."""

import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from wsr.tenancy.drawing import changed_models_alone

CITY, HOUSE, ROOM, SHED = ("towns", "city"), ("towns", "house"), ("towns", "room"), ("towns", "shed")


def _model(name, *, bases=(models.Model,), **fields):
    return ModelState(
        "towns", name, [("id", models.AutoField(primary_key=True)), *fields.items()], bases=bases
    )


def _refers(to):
    return models.ForeignKey(to, models.CASCADE)


@pytest.fixture
def town():
    """A house in a city, a room in the house, and a shed in the city, all drawn."""
    state = ProjectState()
    state.add_model(_model("City"))
    assert state.apps.get_model(*CITY)
    with changed_models_alone():
        state.add_model(_model("House", city=_refers("towns.City")))
        state.add_model(_model("Room", house=_refers("towns.House")))
        state.add_model(_model("Shed", city=_refers("towns.City")))
        yield state


def _drawn(state):
    return {key: state.apps.get_model(*key) for key in (CITY, HOUSE, ROOM, SHED)}


def _assert_no_past(state):
    for model in state.apps.get_models():
        for field in model._meta.local_fields:
            if field.is_relation:
                target = field.remote_field.model
                assert target is state.apps.get_model(target._meta.label_lower)
                assert field in [relation.field for relation in target._meta.related_objects]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda state: state.add_field(*HOUSE, "doors", models.IntegerField(default=1), True), {HOUSE, ROOM}),
        (lambda state: state.alter_field(*HOUSE, "id", models.BigAutoField(primary_key=True), True), {HOUSE, ROOM}),
        (lambda state: state.add_index(*ROOM, models.Index("house", name="by_house")), {ROOM}),
        (lambda state: state.add_field(*ROOM, "shed", _refers("towns.Shed"), True), {ROOM}),
        (lambda state: state.remove_field(*SHED, "city"), {SHED}),
        (lambda state: state.alter_model_options(*CITY, {"db_table": "place"}), {CITY, HOUSE, ROOM, SHED}),
    ],
)  # fmt: skip
def test_what_changed_is_drawn_anew_with_those_who_refer_to_it(town, change, changed):
    before = _drawn(town)
    old = town.clone()

    change(town)

    after = _drawn(town)
    assert {key for key in after if after[key] is not before[key]} == changed
    assert _drawn(old) == before
    _assert_no_past(town)


def test_the_step_before_still_knows_who_referred_to_the_changed_model(town):
    old = town.clone()
    town.alter_field(*HOUSE, "id", models.BigAutoField(primary_key=True), preserve_default=True)

    [relation] = old.apps.get_model(*HOUSE)._meta.related_objects

    assert relation.related_model is old.apps.get_model(*ROOM)


def test_heirs_are_drawn_anew_too(town):
    link = models.OneToOneField("towns.Shed", models.CASCADE, parent_link=True, primary_key=True)
    town.add_model(ModelState("towns", "Barn", [("shed_ptr", link)], bases=("towns.shed",)))
    before = town.apps.get_model("towns", "barn")

    town.add_field(*SHED, "doors", models.IntegerField(default=1), preserve_default=True)

    assert "doors" in [field.name for field in town.apps.get_model("towns", "barn")._meta.get_fields()]
    assert town.apps.get_model("towns", "barn") is not before


def test_a_renamed_model_is_what_the_others_refer_to(town):
    town.rename_model("towns", "House", "Home")

    assert town.apps.get_model(*ROOM)._meta.get_field("house").related_model is town.apps.get_model(
        "towns", "home"
    )
