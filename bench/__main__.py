# ruff: noqa: E402 -- models can be imported only after django.setup()
"""Compare this project with its peers: `python -m bench`, or `make bench`.

Figures are comparable only on a machine with nothing else to do. Nothing leaves the loopback but
the installation of packages.
"""

from __future__ import annotations

import os

os.environ.setdefault("DATA_DIR", "var/bench")
os.environ |= {"DJANGO_SETTINGS_MODULE": "multitenant.settings", "BASE_DOMAIN": "localhost"}
for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
    os.environ.pop(name, None)

import django

django.setup()

from bench.run import main

if __name__ == "__main__":
    main()
