"""`manage.py serve` with a number of threads that the project itself keeps fixed."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
    django.setup()
    import_module("apps.server.management.commands.serve").THREADS = int(sys.argv[1])
    sys.argv = ["manage.py", "serve"]
    import_module("manage").main()
