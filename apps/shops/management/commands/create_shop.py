from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from apps.shops.exceptions import CodeTaken
from apps.shops.management.base import OwnerRoleCommand
from apps.shops.provisioning import open_shop
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.tenants.validators import normalize_code, validate_code
from apps.users.models import User
from apps.users.passwords import validate_new_password


class Command(OwnerRoleCommand):
    help = "Create a shop and its owner. The password is prompted for, or read from OWNER_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the subdomain, such as acme")
        parser.add_argument("name", help="the name of the shop")
        parser.add_argument("email", help="the owner's e-mail address")
        parser.add_argument("--first-name", default="", help="the owner's first name")
        parser.add_argument("--last-name", default="", help="the owner's last name")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("OWNER_PASSWORD") or getpass.getpass("The owner's password: ")
        owner = {name: options[name] for name in ("email", "first_name", "last_name")}
        code = normalize_code(options["code"])
        try:
            validate_code(code)
            Tenant(code=code, name=options["name"]).clean_fields()
            user = User(**owner)
            user.clean_fields(exclude=["password"])
            validate_new_password(password, user)
            shop = open_shop(
                code=code,
                name=options["name"],
                owner={**owner, "password": password},
                using=OWNER_ALIAS,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except CodeTaken as error:
            raise CommandError(f"The code {code} belongs or belonged to a shop.") from error
        self.stdout.write(f"Opened {shop.hostname}")
