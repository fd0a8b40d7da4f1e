"""Values of the wrong type are refused, even if they could be converted."""

import re

import pytest
from django.utils import translation
from rest_framework.exceptions import ValidationError

from apps.api.fields import NOT_BLANK, StrictCharField
from apps.products.serializers.products import ProductSerializer
from apps.products.serializers.variants import VariantSerializer
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers
from tests.apps.products.factories import make_product
from tests.apps.users.factories import PASSWORD, make_user
from tests.pairs import spread

NOT_A_TEXT = [0, 1.5, True, ["x"], {"x": "y"}]
NOT_A_TRUTH = ["true", "false", "yes", "t", "1", 0, 1, "", [], None]

PRODUCT = {"name": "Cup", "code": "cup"}
USER = {"email": "new@acme.example", "password": PASSWORD}
OWNER = {"email": "a@pear.example", "password": PASSWORD, "first_name": "Kim"}


@pytest.mark.parametrize("value", NOT_A_TEXT)
def test_text_is_a_string(value):
    with pytest.raises(ValidationError):
        StrictCharField().run_validation(value)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/products/", PRODUCT, "name"),
        ("/api/products/", PRODUCT, "code"),
        ("/api/products/", PRODUCT, "description"),
        ("/api/users/", USER, "email"),
        ("/api/users/", USER, "first_name"),
        ("/api/users/", USER, "password"),
        ("/api/auth/login/", USER, "email"),
        ("/api/auth/login/", USER, "password"),
        ("/api/auth/refresh/", {}, "refresh"),
        ("/api/auth/register/", OWNER, "first_name"),
        ("/api/auth/email/verify/", {"password": PASSWORD}, "token"),
        ("/api/auth/password/reset/", {}, "email"),
    ],
)
def test_value_that_is_not_a_string_is_400(acme_client, owner, path, body, field):
    client = acme_client.as_(owner)
    assert pointers(client.post(path, {**body, field: 0})) == {f"/{field}"}


@pytest.mark.parametrize(
    ("value", "place"),
    spread(
        NOT_A_TRUTH,
        [("/api/products/", PRODUCT, "is_gift_card"), ("/api/users/", USER, "is_active")],
    ),
)
def test_value_that_is_not_a_boolean_is_400(acme_client, owner, value, place):
    path, body, field = place
    client = acme_client.as_(owner)
    assert pointers(client.post(path, {**body, field: value})) == {f"/{field}"}
    assert client.post(path, {**body, field: False}).json()[field] is False


@pytest.mark.parametrize(
    ("value", "filter_"),
    spread(
        ["", "%20", "%09"],
        [
            ("/api/products/", "code"),
            ("/api/products/", "published"),
            ("/api/products/", "ordering"),
            ("/api/users/", "email"),
            ("/api/users/", "role"),
            ("/api/audit/", "actor"),
            ("/api/audit/", "action"),
        ],
    ),
)
def test_empty_filter_is_400(acme_client, owner, value, filter_):
    path, name = filter_
    with tenant_context(owner.tenant):
        make_product(), make_user()
    answer = acme_client.as_(owner).get(f"{path}?{name}={value}")
    assert pointers(answer) == {f"/{name}"}


@pytest.mark.parametrize("field", ["name", "code", "description"])
def test_whitespace_counts_for_the_length(acme_client, owner, field):
    longest = {"name": 255, "code": 255, "description": 100_000}[field]
    client = acme_client.as_(owner)
    exactly, too_long = " a".ljust(longest), " a".ljust(longest + 1)
    assert pointers(client.post("/api/products/", PRODUCT | {field: too_long})) == {f"/{field}"}
    assert client.post("/api/products/", PRODUCT | {field: exactly}).json()[field] == "a"


def test_documented_pattern_matches_all_whitespace(acme_client, owner):
    spaces = [chr(code) for code in range(0x3001) if chr(code).isspace()]
    body = PRODUCT | {"name": "".join(spaces)}
    assert pointers(acme_client.as_(owner).post("/api/products/", body)) == {"/name"}
    assert [character for character in spaces if re.fullmatch(NOT_BLANK, character)] == []
    # A dialect's \s may be as small as this one's.
    ascii_spaces = [character for character in spaces if character.isascii()]
    assert [each for each in ascii_spaces if re.fullmatch(NOT_BLANK, each, re.ASCII)] == []
    assert re.fullmatch(NOT_BLANK, "a", re.ASCII)


@pytest.mark.parametrize("languages", [("de", "en"), ("en", "de")])
@pytest.mark.parametrize(
    ("serializer", "body"),
    [(VariantSerializer, {"price": -1}), (ProductSerializer, {"variants": [{"price": -1}]})],
)
def test_message_of_a_validator_has_the_language_of_its_request(acme, languages, serializer, body):
    """Fields are copied, and must not keep the text in which they were first refused."""
    with tenant_context(acme):
        texts = [refusal_in(language, serializer, body) for language in languages]

        assert texts[0] != texts[1] == refusal_in(languages[1], serializer, body)


def refusal_in(language, serializer, body):
    validated = serializer(data=body, partial=True)
    with translation.override(language):
        assert not validated.is_valid()
        return str(validated.errors)


def test_copies_of_nested_fields_have_the_context_of_their_serializer(acme):
    first, second = (ProductSerializer(context={"number": number}) for number in (1, 2))

    for name in ("tags", "variants"):
        child = first.fields[name].child
        assert (child.context, child.root) == ({"number": 1}, first)
        assert second.fields[name].child.context == {"number": 2}
