"""Pages of clocks."""

from django.urls import include, path

from wsr.deadlines.views import clocks, feeds, settings

app_name = "deadlines"

_program = [
    path("", clocks.clocks, name="clocks"),
    path("lengths/", settings.lengths, name="lengths"),
    path("lengths/<str:kind>/apply/", settings.apply_length, name="apply_length"),
    path("try/", settings.simulate, name="simulate"),
    path("calendar/", settings.calendar, name="calendar"),
    path("calendar/day/", settings.set_day, name="set_day"),
    path("calendar/day/<uuid:day_id>/remove/", settings.remove_day, name="remove_day"),
    path("calendar/week/", settings.set_week, name="set_week"),
    path("recompute/", settings.recompute, name="recompute_all"),
    path("<uuid:clock_id>/", clocks.clock, name="clock"),
    path("<uuid:clock_id>/pause/", clocks.pause, name="pause"),
    path("<uuid:clock_id>/resume/", clocks.resume, name="resume"),
    path("<uuid:clock_id>/extend/", clocks.extend, name="extend"),
    path("<uuid:clock_id>/restart/", clocks.restart, name="restart"),
    path("<uuid:clock_id>/cancel/", clocks.cancel, name="cancel"),
    path("<uuid:clock_id>/recompute/", clocks.recompute, name="recompute"),
]
urlpatterns = [
    path("calendar/", feeds.feed, name="feed"),
    path("calendar/month/", feeds.month, name="month"),
    path("calendar/revoke/", feeds.revoke, name="revoke"),
    path("calendar/<str:token>.ics", feeds.ics, name="ics"),
    path("p/<slug:program_slug>/clocks/", include(_program)),
]
