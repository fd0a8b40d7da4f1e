from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.server.local_secrets import replace_secret
from auth_backends.keys import ALGORITHMS, new_entry, parse_signing_keys


class Command(BaseCommand):
    help = (
        "Change the keys of JWT_KEYS, for processes that start afterwards. "
        "Without an option, add a key that signs; the previous ones still verify."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--algorithm", choices=ALGORITHMS, default="HS256")
        change = parser.add_mutually_exclusive_group()
        change.add_argument(
            "--announce",
            action="store_true",
            help="add a key that only verifies, to distribute it before --use",
        )
        change.add_argument("--use", metavar="KID", help="sign with this key")
        change.add_argument("--retire", metavar="KID", help="stop verifying with this key")

    def handle(self, *args: Any, **options: Any) -> None:
        entries = {_kid(entry): entry for entry in settings.JWT_KEYS_TEXT.split()}
        try:
            changed = _changed(entries, options)
            parse_signing_keys(changed, not_to_be=settings.SECRET_KEY)
        except (KeyError, ImproperlyConfigured) as error:
            raise CommandError(f"The keys are unchanged: {error}") from error
        if settings.JWT_KEYS_ARE_GENERATED:
            replace_secret(settings.DATA_DIR / "secrets", "jwt_keys", changed)
            self.stdout.write(f"Keys now: {', '.join(_kid(e) for e in changed.split())}. Restart.")
        else:
            self.stderr.write("Set this as JWT_KEYS and restart:")
            self.stdout.write(changed)


def _changed(entries: dict[str, str], options: dict[str, Any]) -> str:
    if options["use"] is not None:
        chosen = entries.pop(options["use"])
        return " ".join([chosen, *entries.values()])
    if options["retire"] is not None:
        entries.pop(options["retire"])
        return " ".join(entries.values())
    entry = new_entry(f"{timezone.now():%Y%m%d}-{secrets.token_hex(4)}", options["algorithm"])
    others = entries.values()
    return " ".join([*others, entry] if options["announce"] else [entry, *others])


def _kid(entry: str) -> str:
    return entry.partition(":")[0] if ":" in entry else "0"
