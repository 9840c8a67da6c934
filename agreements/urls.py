"""The pages of agreements, for staff and portals alike: row-level security decides what each sees."""

from django.urls import include, path

from agreements.views import agreements

app_name = "agreements"

_agreements = [
    path("", agreements.agreements, name="agreements"),
    path("<uuid:agreement_id>/", agreements.agreement, name="agreement"),
]
_program = [
    path("agreements/", include(_agreements)),
]
urlpatterns = [
    path("p/<slug:program_slug>/", include(_program)),
]
