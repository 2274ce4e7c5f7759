"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "edn_portal.settings")
os.environ["EDN_SERVING"] = "1"  # settings.py: many threads share a pool of connections
application = get_wsgi_application()
