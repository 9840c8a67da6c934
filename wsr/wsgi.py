"""The WSGI entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wsr.settings")
application = get_wsgi_application()

from wsr.ui import answers  # noqa: E402 -- once the apps are loaded

answers.code()  # of the code that runs: later other files may lie here
