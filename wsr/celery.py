"""The Celery application. Celery carries wake-ups; PostgreSQL keeps the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wsr.settings")

app = Celery("wsr")
app.config_from_object("django.conf:settings", namespace="CELERY")
