from __future__ import annotations

from apps.mail.links import shop_link


def test_link_has_the_canonical_host_and_the_secret_in_its_query(shop):
    assert shop_link(shop, "reset-password", "s3-cret_x") == (
        "https://acme.example.com/reset-password?token=s3-cret_x"
    )
