from __future__ import annotations

import pytest

from apps.throttling.client import Client

PROXY = "192.0.2.1"

#: An entry written by a trusted proxy, and its address; `PROXY` if it contains none.
FORMS = {
    "203.0.113.9": "203.0.113.9",
    "203.0.113.9:51234": "203.0.113.9",
    "203.0.113.9:": "203.0.113.9",
    ' "203.0.113.9:51234" ': "203.0.113.9",
    "[203.0.113.9]:51234": "203.0.113.9",
    "2001:db8::1": "2001:db8::1",
    "2001:DB8:0:0::1": "2001:db8::1",
    "[2001:db8::1]": "2001:db8::1",
    "[2001:db8::1]:443": "2001:db8::1",
    '"[2001:db8::1]:443"': "2001:db8::1",
    "2001:db8:1:2:3:4:5:6:51234": "2001:db8:1:2:3:4:5:6",
    "::ffff:203.0.113.9": "203.0.113.9",
    "::ffff:203.0.113.9:51234": "203.0.113.9",
    "[::ffff:203.0.113.9]:443": "203.0.113.9",
    "::ffff:cb00:7109": "203.0.113.9",
    "fe80::1%eth0": "fe80::1",
    "[fe80::1%25eth0]:443": "fe80::1",
    "[::ffff:203.0.113.9%eth0]:443": "203.0.113.9",
    "unknown": PROXY,
    "unknown:51234": PROXY,
    "_hidden": PROXY,
    "_SEVKISEK:51234": PROXY,
    "client.example:443": PROXY,
    "203.0.113.999": PROXY,
    "203.0.113.9:51234:1": PROXY,
    "0xcb007109": PROXY,
    "[": PROXY,
    "[]:443": PROXY,
    '""': PROXY,
    ":": PROXY,
    "%": PROXY,
    "\u0661.1.1.1": PROXY,
    "\x00": PROXY,
    ":" * 10_000: PROXY,
    "[" * 10_000: PROXY,
}


def client_of(rf, forwarded, settings, proxies=1):
    settings.TRUSTED_PROXIES = proxies
    return Client.from_meta(rf.get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded).META)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[:40])
def test_address_is_read_in_any_form(rf, settings, form):
    assert client_of(rf, form, settings).ip == FORMS[form]


@pytest.mark.parametrize("form", ["203.0.113.9:51234", "[2001:db8::1]:443"])
def test_port_does_not_change_the_network(rf, settings, form):
    other = form.rpartition(":")[0] + ":1"

    assert client_of(rf, form, settings).network == client_of(rf, other, settings).network


def test_clients_with_ports_have_separate_networks(rf, settings):
    forms = [
        "203.0.113.9:51234",
        "198.51.100.9:51234",
        "[2001:db8:1::1]:443",
        "[2001:db8:2::1]:443",
    ]

    assert len({client_of(rf, form, settings).network for form in forms}) == len(forms)


def test_clients_behind_one_nat64_are_separate(rf, settings):
    one, other = (client_of(rf, f"64:ff9b::{n}:203", settings) for n in ("c633", "cb00"))

    assert (one.ip, other.ip) == ("198.51.2.3", "203.0.2.3")


def test_blank_last_entry_ignores_the_clients_entry(rf, settings):
    assert client_of(rf, "198.51.100.1, ", settings).ip == PROXY


def test_unnamed_client_has_the_connected_proxys_address(rf, settings):
    assert client_of(rf, "198.51.100.1, unknown", settings).network == "192.0.2.0/24"


def test_entry_of_an_outer_proxy_is_read_in_any_form(rf, settings):
    forwarded = "198.51.100.1, [2001:db8::1]:443, 10.0.0.1:80"

    assert client_of(rf, forwarded, settings, proxies=2).ip == "2001:db8::1"
