"""Addresses of people and members. Sign-in itself is allauth's, under /accounts/."""

from django.urls import path

from wsr.accounts import member_views, views

app_name = "accounts"
urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/continue/", views.go_on, name="continue"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("p/<slug:program_slug>/members/", member_views.members, name="members"),
    path("p/<slug:program_slug>/members/invite/", member_views.invite, name="invite"),
    path("p/<slug:program_slug>/members/roles/", member_views.grants, name="grants"),
    path(
        "p/<slug:program_slug>/members/<uuid:membership_id>/role/",
        member_views.change_role,
        name="change_role",
    ),
    path(
        "p/<slug:program_slug>/members/<uuid:membership_id>/end/",
        member_views.end_membership,
        name="end_membership",
    ),
    path(
        "p/<slug:program_slug>/invitations/<uuid:invitation_id>/resend/", member_views.resend, name="resend"
    ),
    path(
        "p/<slug:program_slug>/invitations/<uuid:invitation_id>/revoke/", member_views.revoke, name="revoke"
    ),
]
