from django.apps import AppConfig


class WsrConfig(AppConfig):
    """Makes the Celery application known in every process, so that the web can send what workers run."""

    name = "wsr"

    def ready(self) -> None:
        """Load the tasks of all apps; they register the handlers of jobs too."""
        from wsr.celery import app  # noqa: PLC0415 -- once the settings are ready

        app.set_default()
        app.autodiscover_tasks(force=True)
