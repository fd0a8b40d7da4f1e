"""Rotation and publication of the keys that sign tokens (rows 11, 12, 54)."""

from __future__ import annotations

import hmac
import json
import stat
from io import StringIO

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from jwt.algorithms import OKPAlgorithm
from jwt.utils import base64url_encode

from auth_backends.keys import new_entry, parse_signing_keys
from tests.apps.users.support import me, person, refresh, tokens

EMAIL = "ann@acme.example"
SECRET_KEY = "s" * 50
HS = f"old:{'h' * 43}"
ED = f"ed:EdDSA:{'c2VlZ' * 8}c2U"  # 43 characters: 32 bytes
JWKS = "/.well-known/jwks.json"


class Machine:
    """Settings and files of one machine; `restart()` is what a new process would read."""

    def __init__(self, settings, folder, text, *, is_generated):
        self.settings, self.is_generated = settings, is_generated
        self.file = folder / "secrets" / "jwt_keys"
        settings.DATA_DIR = folder
        settings.JWT_KEYS_ARE_GENERATED = is_generated
        if is_generated:
            self.file.parent.mkdir()
            self.file.write_text(text)
        self.restart(text)

    def restart(self, text=None):
        self.text = text or self.file.read_text()
        self.settings.JWT_KEYS_TEXT = self.text
        self.settings.JWT_KEYS = parse_signing_keys(self.text, not_to_be=self.settings.SECRET_KEY)

    def rotate(self, *options):
        """Run the command, restart with the new keys, and return its output."""
        out, err = StringIO(), StringIO()
        call_command("rotate_jwt_key", *options, stdout=out, stderr=err)
        self.restart(None if self.is_generated else out.getvalue())
        return out.getvalue() + err.getvalue()

    @property
    def kids(self):
        return list(self.settings.JWT_KEYS)


@pytest.fixture(params=[True, False], ids=["generated", "from the environment"])
def machine(request, settings, tmp_path):
    return Machine(settings, tmp_path, HS, is_generated=request.param)


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL)


class TestCommand:
    @pytest.mark.parametrize("algorithm", ["HS256", "EdDSA"])
    def test_new_key_signs_and_the_old_one_still_verifies(
        self, acme_client, ann, machine, algorithm
    ):
        before = tokens(acme_client, EMAIL)
        assert kid_of(before["access"]) == "old"
        machine.rotate("--algorithm", algorithm)
        new, *others = machine.kids
        assert (others, machine.settings.JWT_KEYS[new].algorithm) == (["old"], algorithm)
        assert me(acme_client, before["access"]) == 200
        fresh = refresh(acme_client, before["refresh"])
        assert fresh.status_code == 200
        assert {kid_of(token) for token in fresh.json().values()} == {new}
        assert me(acme_client, fresh.json()["access"]) == 200

    def test_announced_key_verifies_and_does_not_sign(self, acme_client, ann, machine):
        machine.rotate("--announce", "--algorithm", "EdDSA")
        assert machine.kids[0] == "old"
        _, announced = machine.kids
        assert kid_of(tokens(acme_client, EMAIL)["access"]) == "old"
        machine.rotate("--use", announced)
        assert machine.kids == [announced, "old"]
        assert kid_of(tokens(acme_client, EMAIL)["access"]) == announced

    def test_retired_key_does_not_verify(self, acme_client, ann, machine):
        before = tokens(acme_client, EMAIL)
        machine.rotate()
        after = tokens(acme_client, EMAIL)
        assert me(acme_client, before["access"]) == 200
        machine.rotate("--retire", "old")
        assert machine.kids == [kid_of(after["access"])]
        assert me(acme_client, before["access"]) == 401
        assert refresh(acme_client, before["refresh"]).status_code == 401
        assert me(acme_client, after["access"]) == 200
        assert refresh(acme_client, after["refresh"]).status_code == 200

    def test_no_token_is_refused_during_a_rotation(self, acme_client, ann, machine):
        seen = [tokens(acme_client, EMAIL)["access"]]
        machine.rotate("--announce")
        seen.append(tokens(acme_client, EMAIL)["access"])
        machine.rotate("--use", machine.kids[1])
        seen.append(tokens(acme_client, EMAIL)["access"])
        assert [me(acme_client, token) for token in seen] == [200] * 3
        assert [kid_of(token) for token in seen] == ["old", "old", machine.kids[0]]

    def test_each_new_key_has_a_unique_kid(self, machine):
        for _ in range(4):
            machine.rotate()
        assert len(set(machine.kids)) == 5

    @pytest.mark.parametrize(
        "options",
        [
            ("--use", "nonsense"),
            ("--retire", "nonsense"),
            ("--retire", "old"),
            ("--use", ""),
            ("--retire", ""),
        ],
        ids=" ".join,
    )
    def test_invalid_option_changes_nothing(self, machine, options):
        before = machine.text
        with pytest.raises(CommandError) as caught:
            call_command("rotate_jwt_key", *options, stdout=StringIO())
        assert "h" * 43 not in str(caught.value)
        if machine.is_generated:
            assert machine.file.read_text() == before

    def test_options_exclude_each_other(self, machine):
        with pytest.raises(CommandError):
            call_command("rotate_jwt_key", "--use=old", "--retire=old")

    def test_generated_keys_are_replaced_in_their_file(self, settings, tmp_path):
        machine = Machine(settings, tmp_path, HS, is_generated=True)
        printed = machine.rotate()
        assert list(parse_signing_keys(machine.file.read_text(), not_to_be=SECRET_KEY))[1] == "old"
        assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600
        assert [file.name for file in machine.file.parent.iterdir()] == ["jwt_keys"]
        keys = [entry.rpartition(":")[2] for entry in machine.file.read_text().split()]
        assert [key for key in keys if key in printed] == []

    def test_first_generated_key_has_the_kid_0(self, acme_client, ann, settings, tmp_path):
        machine = Machine(settings, tmp_path, "k" * 64, is_generated=True)
        before = tokens(acme_client, EMAIL)
        assert kid_of(before["access"]) == "0"
        machine.rotate()
        assert machine.kids[1:] == ["0"]
        assert me(acme_client, before["access"]) == 200
        machine.rotate("--retire", "0")
        assert me(acme_client, before["access"]) == 401

    def test_keys_from_the_environment_are_printed(self, settings, tmp_path):
        machine = Machine(settings, tmp_path, HS, is_generated=False)
        machine.rotate()
        assert list(tmp_path.iterdir()) == []
        assert machine.kids[1:] == ["old"]


class TestEdDSA:
    @pytest.fixture
    def shown(self, acme_client, ann, settings):
        settings.JWT_KEYS = parse_signing_keys(f"{ED} {HS}", not_to_be=SECRET_KEY)
        return tokens(acme_client, EMAIL)

    def test_published_key_verifies_tokens(self, platform, acme, ann, shown):
        answer = platform.get(JWKS)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "max-age=300")
        key = jwt.PyJWKSet.from_dict(answer.json())[kid_of(shown["access"])]
        claims = jwt.decode(
            shown["access"], key, algorithms=["EdDSA"], audience=f"urn:shop:{acme.pk}"
        )
        assert claims["sub"] == str(ann.pk)
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(
                shown["access"][:-8] + "AAAAAAAA",
                key,
                algorithms=["EdDSA"],
                options={"verify_aud": False},
            )

    def test_private_keys_are_not_published(self, platform, shown, settings):
        answer = platform.get(JWKS)
        [key] = answer.json()["keys"]
        assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
        assert (key["kty"], key["crv"], key["kid"], key["use"]) == ("OKP", "Ed25519", "ed", "sig")
        text = answer.content.decode()
        seed = ED.rpartition(":")[2]
        assert [part for part in (seed, "h" * 43, "old", settings.SECRET_KEY) if part in text] == []

    def test_eddsa_tokens_are_accepted(self, acme_client, shown):
        assert jwt.get_unverified_header(shown["access"])["alg"] == "EdDSA"
        assert me(acme_client, shown["access"]) == 200
        assert refresh(acme_client, shown["refresh"]).status_code == 200

    @pytest.mark.parametrize("form", ["raw", "x", "jwk", "pem"])
    @pytest.mark.parametrize("kid", ["ed", "old"])
    def test_public_key_is_not_accepted_as_hmac_secret(
        self, acme_client, settings, shown, form, kid
    ):
        """HS256 with the public key for the secret: the classic confusion."""
        public = settings.JWT_KEYS["ed"].verifying
        key = {
            "raw": public.public_bytes_raw(),
            "x": OKPAlgorithm.to_jwk(public, as_dict=True)["x"].encode(),
            "jwk": OKPAlgorithm.to_jwk(public).encode(),
            "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        }[form]
        header = json.dumps({"alg": "HS256", "kid": kid, "typ": "at+jwt"}).encode()
        signed = base64url_encode(header) + b"." + shown["access"].split(".")[1].encode()
        mac = base64url_encode(hmac.digest(key, signed, "sha256"))
        assert me(acme_client, shown["access"]) == 200
        assert me(acme_client, (signed + b"." + mac).decode()) == 401

    def test_key_verifies_only_its_kid(self, acme_client, settings, shown):
        claims = jwt.decode(shown["access"], options={"verify_signature": False})
        key = settings.JWT_KEYS["ed"].signing
        for kid, status in (("ed", 200), ("old", 401), ("nonsense", 401)):
            token = jwt.encode(
                claims, key, algorithm="EdDSA", headers={"kid": kid, "typ": "at+jwt"}
            )
            assert me(acme_client, token) == status

    def test_tokens_of_one_secret_are_equal(self, acme_client, shown):
        answers = [refresh(acme_client, shown["refresh"]) for _ in range(3)]
        assert len({answer.json()["refresh"] for answer in answers}) == 1


def test_secret_keys_are_never_published(platform, settings):
    settings.JWT_KEYS = parse_signing_keys(HS, not_to_be=SECRET_KEY)
    assert platform.get(JWKS).json() == {"keys": []}


def test_announced_key_is_published_before_it_signs(platform, settings):
    other = new_entry("next", "EdDSA")
    settings.JWT_KEYS = parse_signing_keys(f"{ED} {other} {HS}", not_to_be=SECRET_KEY)
    assert [key["kid"] for key in platform.get(JWKS).json()["keys"]] == ["ed", "next"]


def test_keys_are_published_on_the_platform_only(acme_client):
    assert acme_client.get(JWKS).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "ed:EdDSA:tooshort",
        "ed:EdDSA:",
        "ed:EdDSA:" + "A" * 60,
        "ed:EdDSA:ü" + "A" * 42,
        f"ed:RS256:{'k' * 43}",
        f"ed:none:{'k' * 43}",
        f"ed:eddsa:{'k' * 43}",
        f"{ED} {ED}",
        f"{ED} ed:{'h' * 43}",
    ],
)
def test_invalid_keys_are_refused_at_start_up(text):
    with pytest.raises(ImproperlyConfigured) as caught:
        parse_signing_keys(text, not_to_be=SECRET_KEY)
    assert [key for key in (ED.rpartition(":")[2], "k" * 43) if key in str(caught.value)] == []
