"""Addresses of a person's notices, and of what a program sends."""

from django.urls import path

from wsr.notices.views import messages, personal, texts, webhooks

app_name = "notices"
urlpatterns = [
    path("texts/<slug:gateway>/", texts.called, name="texts"),
    path("notices/", personal.notices, name="list"),
    path("notices/read/", personal.read, name="read"),
    path("notices/stop/<str:token>/", personal.stop, name="stop"),
    path("notices/<uuid:notice_id>/", personal.open_notice, name="open"),
    path("accounts/notices/", personal.preferences, name="preferences"),
    path("p/<slug:program_slug>/webhooks/", webhooks.endpoints, name="webhooks"),
    path("p/<slug:program_slug>/webhooks/add/", webhooks.add, name="add_webhook"),
    path("p/<slug:program_slug>/webhooks/<uuid:endpoint_id>/", webhooks.endpoint, name="webhook"),
    path("p/<slug:program_slug>/webhooks/<uuid:endpoint_id>/change/", webhooks.change, name="change_webhook"),
    path("p/<slug:program_slug>/webhooks/<uuid:endpoint_id>/rotate/", webhooks.rotate, name="rotate_webhook"),
    path("p/<slug:program_slug>/webhooks/<uuid:endpoint_id>/act/", webhooks.act, name="act_on_webhook"),
    path("p/<slug:program_slug>/webhooks/deliveries/<uuid:delivery_id>/", webhooks.delivery, name="delivery"),
    path(
        "p/<slug:program_slug>/webhooks/deliveries/<uuid:delivery_id>/replay/",
        webhooks.replay,
        name="replay_webhook",
    ),
    path("p/<slug:program_slug>/messages/", messages.undelivered, name="undelivered"),
    path("p/<slug:program_slug>/messages/retry/", messages.retry, name="retry"),
    path("p/<slug:program_slug>/messages/<uuid:message_id>/", messages.message, name="message"),
]
