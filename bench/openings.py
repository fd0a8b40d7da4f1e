# ruff: noqa: E402 -- models can be imported only after django.setup()
"""Open shops in the database of the environment: `python -m bench.openings COUNT`.

Prints the seconds of each as JSON. The password's hash is a cheap one: what is measured is the
work of a multi-tenant platform.
"""

from __future__ import annotations

import json
import sys
import time

import django

django.setup()

from django.test.utils import override_settings

from apps.shops.provisioning import open_shop

CHEAP_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"


def seconds(number: int) -> float:
    owner = {"email": f"owner@opened-{number}.example", "password": "glaze-over-stoneware"}
    started = time.perf_counter()
    open_shop(code=f"opened-{number}", name="Opened", owner=owner)
    return time.perf_counter() - started


if __name__ == "__main__":
    with override_settings(PASSWORD_HASHERS=[CHEAP_HASHER]):
        print(json.dumps([seconds(number) for number in range(int(sys.argv[1]))]))
