import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sscportal.settings")

application = get_wsgi_application()

# Pages and files make many short-lived rows and lists. Looking through them after every 700, as Python does by itself,
# costs a CSV file a quarter of its time.
gc.set_threshold(100_000, 20, 100)
