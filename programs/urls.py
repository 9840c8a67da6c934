"""The staff pages of programs."""

from django.urls import include, path

from programs.views import (
    codes,
    demo,
    participations,
    rules,
    scales,
    seasons,
    sourcing,
    starting,
    workplaces,
)

app_name = "programs"

_program = [
    path("suppliers/", participations.suppliers, name="suppliers"),
    path("suppliers/add/", participations.add_supplier, name="add_supplier"),
    path("suppliers/<uuid:participation_id>/", participations.supplier, name="supplier"),
    path(
        "suppliers/<uuid:participation_id>/standing/", participations.change_standing, name="change_standing"
    ),
    path("suppliers/<uuid:participation_id>/workplaces/add/", workplaces.add_workplace, name="add_workplace"),
    path("brands/", participations.brands, name="brands"),
    path("brands/add/", participations.add_brand, name="add_brand"),
    path("brands/<uuid:participation_id>/", participations.brand, name="brand"),
    path("brands/<uuid:participation_id>/sourcing/", sourcing.add_sourcing, name="add_sourcing"),
    path("sourcing/<uuid:sourcing_id>/end/", sourcing.end_sourcing, name="end_sourcing"),
    path("organizations/", participations.bodies, name="bodies"),
    path("organizations/add/", participations.add_body, name="add_body"),
    path("organizations/<uuid:participation_id>/edit/", participations.edit, name="edit_participation"),
    path("organizations/<uuid:participation_id>/people/", participations.invite_people, name="invite_people"),
    path("organizations/<uuid:participation_id>/end/", participations.end, name="end_participation"),
    path("workplaces/", workplaces.workplaces, name="workplaces"),
    path("workplaces/<uuid:workplace_id>/", workplaces.workplace, name="workplace"),
    path("workplaces/<uuid:workplace_id>/edit/", workplaces.edit_workplace, name="edit_workplace"),
    path("workplaces/<uuid:workplace_id>/close/", workplaces.close_workplace, name="close_workplace"),
    path("code/", codes.codes, name="codes"),
    path("code/draft/", codes.draft_code, name="draft_code"),
    path("code/<uuid:code_id>/", codes.code, name="code"),
    path("code/<uuid:code_id>/in-force/", codes.put_in_force, name="put_in_force"),
    path("code/<uuid:code_id>/provisions/add/", codes.add_provision, name="add_provision"),
    path("code/provisions/<uuid:provision_id>/edit/", codes.edit_provision, name="edit_provision"),
    path("code/provisions/<uuid:provision_id>/remove/", codes.remove_provision, name="remove_provision"),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/add/", seasons.set_season, name="add_season"),
    path("seasons/<uuid:season_id>/", seasons.set_season, name="set_season"),
    path("seasons/<uuid:season_id>/remove/", seasons.remove_season, name="remove_season"),
    path("rules/", rules.rules, name="rules"),
    path("rules/add/", scales.add_rule, name="add_rule"),
    path("rules/<str:key>/", rules.rule, name="rule"),
    path("rules/<str:key>/set/", rules.set_rule, name="set_rule"),
    path("standings/add/", scales.add_rung, name="add_rung"),
    path("standings/<slug:key>/", rules.set_rung, name="set_rung"),
    path("severities/add/", scales.add_severity, name="add_severity"),
    path("severities/<slug:key>/", scales.set_severity, name="set_severity"),
    path("standings/<slug:key>/move/", scales.move, {"scale": "standings"}, name="move_rung"),
    path("standings/<slug:key>/remove/", scales.remove, {"scale": "standings"}, name="remove_rung"),
    path("severities/<slug:key>/move/", scales.move, {"scale": "severities"}, name="move_severity"),
    path("severities/<slug:key>/remove/", scales.remove, {"scale": "severities"}, name="remove_severity"),
]
urlpatterns = [
    path("demo/code/", demo.code, name="demo_code"),
    path("programs/start/", starting.start, name="start"),
    path("p/<slug:program_slug>/", include(_program)),
]
