"""Addresses of people and members. Sign-in itself is allauth's, under /accounts/."""

from django.urls import path

from wsr.accounts.views import colleagues, members, people

app_name = "accounts"
urlpatterns = [
    path("accounts/profile/", people.profile, name="profile"),
    path("accounts/continue/", people.go_on, name="continue"),
    path("accounts/show-factor/", people.show_factor, name="show_factor"),
    path("invitation/<str:token>/", people.invitation, name="invitation"),
    path("accounts/acting/", colleagues.act_for, name="act_for"),
    path("p/<slug:program_slug>/people/", colleagues.colleagues, name="colleagues"),
    path("p/<slug:program_slug>/people/invite/", colleagues.invite, name="invite_colleague"),
    path("p/<slug:program_slug>/people/<uuid:membership_id>/end/", colleagues.end, name="end_colleague"),
    path(
        "p/<slug:program_slug>/people/invitations/<uuid:invitation_id>/revoke/",
        colleagues.revoke,
        name="revoke_colleague",
    ),
    path("p/<slug:program_slug>/members/", members.members, name="members"),
    path("p/<slug:program_slug>/members/invite/", members.invite, name="invite"),
    path("p/<slug:program_slug>/members/roles/", members.grants, name="grants"),
    path(
        "p/<slug:program_slug>/members/<uuid:membership_id>/role/",
        members.change_role,
        name="change_role",
    ),
    path(
        "p/<slug:program_slug>/members/<uuid:membership_id>/end/",
        members.end_membership,
        name="end_membership",
    ),
    path("p/<slug:program_slug>/members/<uuid:membership_id>/keep/", members.keep, name="keep_membership"),
    path("p/<slug:program_slug>/invitations/<uuid:invitation_id>/resend/", members.resend, name="resend"),
    path("p/<slug:program_slug>/invitations/<uuid:invitation_id>/revoke/", members.revoke, name="revoke"),
]
