from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.tenants.models import Tenant
from apps.tenants.validators import (
    code_skeleton,
    is_reserved_code,
    is_well_formed_code,
    normalize_code,
    validate_code,
)

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
RESERVED = [
    *("www", "api", "admin", "mail", "smtp", "imap", "ftp", "root", "support", "status"),
    *("static", "assets", "cdn", "login", "localhost", "wpad", "autoconfig", "autodiscover"),
    *("postmaster", "hostmaster", "webmaster", "abuse", "security", "billing", "docs"),
    *("cpanel", "whm", "webmail", "lyncdiscover", "enterpriseregistration", "owa", "isatap"),
    *("enterpriseenrollment", "mta-sts", "msoid", "sip", "sso", "oauth", "galleria", "signin"),
]
LOOK_RESERVED = [
    *(
        "1ogin",
        "log1n",
        "iogln",
        "ga11eria",
        "gal1er1a",
        "supp0rt",
        "mai1",
        "b1lling",
        "s1gnln",
    ),
    *("adrnin", "rnail", "vvebmail", "5upport", "openpgpkey", "certauth", "wsus", "well-known"),
    *("galleria-verify", "login-galleria", "gallerias", "ga11eria-com"),
    *("c-panel", "log-in", "web-mail", "galler-ia", "mtasts", "1og-1n", "autod1scover"),
]
RESERVED_WITH_A_NUMBER = [
    *("ns5", "ns-5", "ns01", "smtp2", "mx3", "mx10", "www2", "imap42", "cpanel2", "db12"),
    *("galleria24", "support-1", "login2", "ga11eria7", "nsl", "nsl0", "mxo"),
    *("autodiscover2", "sip2", "xmpp2", "1mail", "2login"),
]
NOT_RESERVED = [
    *("acme", "globex", "kiln", "shop24", "taxi", "logo", "casio", "idol", "popcorn", "a1b"),
    *("mailer-monkey", "nsync", "loginov", "123", "0x0", "i-l-1", "home24"),
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


def test_reserved_code_is_refused():
    with pytest.raises(ValidationError) as refusal:
        validate_code("admin")
    assert refusal.value.code == "reserved"


def test_platform_and_machine_names_are_reserved():
    assert [code for code in RESERVED if not is_reserved_code(code)] == []


def test_codes_that_look_reserved_are_reserved():
    assert [code for code in LOOK_RESERVED if not is_reserved_code(code)] == []


def test_reserved_names_with_a_number_are_reserved():
    assert [code for code in RESERVED_WITH_A_NUMBER if not is_reserved_code(code)] == []


def test_names_of_shops_are_not_reserved():
    assert [code for code in NOT_RESERVED if is_reserved_code(code)] == []


@pytest.mark.parametrize("code", ["kiln", "k1ln", "klln", "kl1n"])
def test_look_alike_letters_have_one_skeleton(code):
    assert code_skeleton(code) == code_skeleton("kiln")


@pytest.mark.parametrize(
    ("text", "code"),
    [("KILN", "kiln"), ("\u212aILN", "\u212aILN"), ("\u0130LN", "\u0130LN"), ("kiln", "kiln")],
)
def test_only_ascii_is_lower_cased(text, code):
    assert normalize_code(text) == code


def test_code_of_a_tenant_is_validated_by_its_field():
    field = Tenant._meta.get_field("code")
    assert validate_code in field.validators
    with pytest.raises(ValidationError):
        field.run_validators("admin")
