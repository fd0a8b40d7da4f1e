from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from apps.tenants.models import Tenant
from apps.tenants.validators import RESERVED_CODES, is_well_formed_code, validate_code

WELL_FORMED = [
    *("abc", "a-b", "a1b", "123", "0x0", "acme", "a-b-c", "abc--d", "abcd---e"),
    *("a" * 63, "a" + "-" + "a" * 61),
]
MALFORMED = [
    *("", "a", "ab", "a" * 64, "-abc", "abc-", "-", "---", "ABC", "Abc", "a_b", "a.b", "a b"),
    *(" abc", "abc ", "abc\n", "\nabc", "abc\x00", "abc\r", "ab--", "xn--a", "ab--cd", "aa--aa"),
    *(
        "ábc",
        "\u0430bc",
        "\uff41bc",
        "abc\u200b",
        "٣٣٣",
        "²²²",
        "\u017f\u017f\u017f",
        "a/b",
        "a%b",
        "a'b",
        "*",
    ),
]


@pytest.mark.parametrize("code", WELL_FORMED)
def test_well_formed_code_is_valid(code):
    assert is_well_formed_code(code)
    assert validate_code(code) is None


@pytest.mark.parametrize("code", MALFORMED)
def test_malformed_code_is_refused(code):
    assert not is_well_formed_code(code)
    with pytest.raises(ValidationError) as refusal:
        validate_code(code)
    assert refusal.value.code == "malformed"


@pytest.mark.parametrize("code", sorted(RESERVED_CODES))
def test_reserved_code_is_refused(code):
    with pytest.raises(ValidationError) as refusal:
        validate_code(code)
    assert refusal.value.code in {"reserved", "malformed"}


def test_reserved_codes_are_clean_data():
    assert all(re.fullmatch(r"[a-z0-9-]+", code) for code in RESERVED_CODES)
    assert len(RESERVED_CODES) > 100


@pytest.mark.parametrize(
    "code",
    [
        *("www", "api", "admin", "mail", "smtp", "imap", "ftp", "root", "support", "status"),
        *("static", "assets", "cdn", "login", "localhost", "wpad", "autoconfig", "autodiscover"),
        *("postmaster", "hostmaster", "webmaster", "abuse", "security", "billing", "docs"),
    ],
)
def test_name_of_the_platform_or_of_the_webs_habits_is_reserved(code):
    assert code in RESERVED_CODES


def test_code_of_a_tenant_is_validated_by_its_field():
    field = Tenant._meta.get_field("code")
    assert validate_code in field.validators
    with pytest.raises(ValidationError):
        field.run_validators("admin")
