from uuid import UUID

import pytest

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize("given", ["12345678", "a" * 64, "0b64e1c2-3f5f-4d8e-9a57-0c5e3a0f7b11"])
def test_valid_request_id_is_kept(client, given):
    assert client.get("/livez", HTTP_X_REQUEST_ID=given)["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "1234567", "a" * 65, "12345678\n", "1234 5678", '"},{"a":"b', JWT, "ümläütümläüt"]
)
def test_invalid_request_id_is_replaced(client, given):
    assert UUID(client.get("/livez", HTTP_X_REQUEST_ID=given)["X-Request-ID"])


def test_request_ids_differ(client):
    assert len({client.get("/livez")["X-Request-ID"] for _ in range(3)}) == 3
