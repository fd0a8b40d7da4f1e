from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest

from apps.mail import messages
from apps.mail.messages import build_message

LINK = "https://acme.example.com/page?a=1&b=2#token=s3cret"
HOSTILE = '<img src=x onerror="x">\r\n\r\nBcc: eve@example.com'

#: The context, the subject and text of both bodies for every template.
MAILS = {
    "password_reset": (
        {"link": LINK},
        "Set a new password for Acme",
        ["Acme", LINK, "one hour"],
    ),
    "password_changed": (
        {},
        "Your password for Acme was changed",
        ["Acme", "https://acme.example.com/"],
    ),
    "email_verification": (
        {"link": LINK},
        "Confirm your e-mail address for Acme",
        ["Acme", LINK, "one hour"],
    ),
    "already_registered": (
        {"link": LINK},
        "You already have an account at Acme",
        ["Acme", LINK, "log in"],
    ),
    "email_confirmation": (
        {"link": LINK},
        "Confirm your new e-mail address for Acme",
        ["Acme", LINK, "one hour"],
    ),
    "email_change_requested": (
        {"new": "new@example.com"},
        "Your e-mail address for Acme is to change",
        ["Acme", "new at example. com", "https://acme.example.com/"],
    ),
    "email_changed": (
        {"new": "new@example.com"},
        "Your e-mail address for Acme was changed",
        ["Acme", "new at example. com"],
    ),
    "shop_confirmation": (
        {"link": LINK},
        "Confirm your shop Acme",
        ["Acme", LINK, "one hour"],
    ),
    "invitation": (
        {"link": LINK, "role": "Manager", "inviter": "Anna O'Hara"},
        "Invitation to join Acme",
        ["Anna O'Hara", "Manager", "Acme", LINK, "one hour"],
    ),
}


def html_of(message) -> str:
    [alternative] = message.alternatives
    assert alternative.mimetype == "text/html"
    return alternative.content


def plain(html: str) -> str:
    """Return the text of an HTML body, without tags and entities."""
    text = re.sub(r"<[^>]+>", "", html)
    for entity, letter in {"&amp;": "&", "&#x27;": "'", "&lt;": "<", "&gt;": ">"}.items():
        text = text.replace(entity, letter)
    return text


def headers_of(message) -> dict[str, str]:
    """Return the headers as a mail client parses them, unfolded."""
    received = message_from_bytes(message.message().as_bytes())
    return {name: re.sub(r"\n(?=[ \t])", "", value) for name, value in received.items()}


def decoded(header: str) -> str:
    return str(make_header(decode_header(header)))


def sender_of(headers) -> tuple[str, str]:
    name, address = parseaddr(headers["From"])
    return decoded(name), address


@pytest.mark.parametrize("name", MAILS)
def test_shop_mail_has_its_text_in_both_parts(shop, name):
    context, subject, phrases = MAILS[name]
    message = build_message("kim@example.com", name, context, tenant=shop)
    assert message.subject == subject
    for phrase in phrases:
        assert phrase in message.body
        assert phrase in plain(html_of(message))
    assert not re.search(r"&(amp|#x27|lt|quot);", message.body)
    assert message.body.endswith("\n-- \nAcme\nhttps://acme.example.com/\n")


def test_list_of_shops_has_its_text_in_both_parts(platform_shops):
    message = build_message("k@example.com", "find_shops", {"shops": platform_shops}, tenant=None)
    assert message.subject == "Your shops at Galleria"
    assert (
        "in 2 shops. Log in there:\n\nacme\nhttps://acme.example.com/\n\nglobex\n" in message.body
    )
    html = html_of(message)
    assert "<strong>globex</strong>" in html
    assert 'href="https://globex.example.com/"' in html
    assert message.body.endswith("\n-- \nGalleria\n")


def test_every_template_is_tested():
    folder = Path(messages.__file__).parent / "templates" / "mail"
    names = {path.name.partition(".")[0] for path in folder.glob("*.subject.txt")}
    assert names == {*MAILS, "find_shops"}
    assert {path.name for path in folder.iterdir()} == {
        "base.html", "base.txt", "button.html",
        *(f"{name}.{kind}" for name in names for kind in ("subject.txt", "txt", "html")),
    }  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_html_loads_nothing_and_escapes_user_text(shop, name):
    shop.name = HOSTILE
    context = {**MAILS[name][0], **({"inviter": HOSTILE} if name == "invitation" else {})}
    message = build_message("kim@example.com", name, context, tenant=shop)
    html = html_of(message)
    assert not re.search(r"<(img|script|link|iframe|object|style)|url\(|@import", html)
    assert set(re.findall(r'\b(?:href|src)="([^"]*)"', html)) <= {
        LINK.replace("&", "&amp;"),
        "https://acme.example.com/",
    }
    assert not re.search(r"^Bcc", message.body, re.MULTILINE)


def test_list_of_shops_contains_no_shop_names(platform_shops):
    platform_shops[0].name = "Call +1 555 0100"
    message = build_message("k@example.com", "find_shops", {"shops": platform_shops}, tenant=None)
    assert "555" not in message.body + html_of(message)


def test_truncated_list_of_shops_is_marked(platform_shops):
    context = {"shops": platform_shops * 10}
    message = build_message("k@example.com", "find_shops", context, tenant=None)
    assert "in at least 20 shops. Log in" in message.body
    assert "in at least 20 shops. Log in" in html_of(message)


NAMES = {
    "Acme": "Acme",
    "Acme, Inc.": "Acme, Inc.",
    'The "Best" Shop': 'The "Best" Shop',
    "back\\slash\\": "back\\slash\\",
    "Boss <boss@bank.example>": "Boss <boss at bank. example>",
    '" <eve@example.com>, "': '" <eve at example. com>, "',
    "a@b.example": "a at b. example",
    "a\uff20b\u3002example": "a at b\u3002 example",
    "evil.example/login": "evil. example/login",
    "www.evil.example": "www. evil. example",
    "evil\x00.exa\x07mple": "evil. example",
    "https://evil.example": "https: //evil. example",
    "No. 5, v2.0 & Co.": "No. 5, v2.0 & Co.",
    "Acme (not)": "Acme (not)",
    "=?utf-8?q?Bank=0ABcc?=": "= ?utf-8?q?Bank=0ABcc?=",
    "=\x00?utf-8?q?Bank?=": "= ?utf-8?q?Bank?=",
    "Käse, Größe & Söhne": "Käse, Größe & Söhne",
    'Кафе "Пушкин" <x@y.example>': 'Кафе "Пушкин" <x at y. example>',
    "商店" * 50: "商店" * 50,
    "x" * 100: "x" * 100,
    "word " * 19 + "end": "word " * 19 + "end",
    "Emoji 👩\u200d🍳": "Emoji 👩\u200d🍳",
    "Acme\r\nBcc: eve@example.com": "Acme Bcc: eve at example. com",
    "Acme\nBcc: eve@example.com": "Acme Bcc: eve at example. com",
    "Acme\rBcc: eve@example.com": "Acme Bcc: eve at example. com",
    "Acme\u2028Bcc\x85\x0bx\x1cy": "Acme Bcc x y",
    "Acme\x00\x07\x1b[31m": "Acme[31m",
    "\u202eknab": "knab",
}


@pytest.mark.parametrize("name", NAMES)
def test_shop_name_is_only_a_display_name(shop, name):
    shop.name = name
    message = build_message("kim@example.com", "password_reset", {"link": LINK}, tenant=shop)
    headers = headers_of(message)
    assert sender_of(headers) == (f"{NAMES[name]} via Galleria", "no-reply@localhost")
    assert decoded(headers["Subject"]) == f"Set a new password for {NAMES[name]}"
    assert sorted(headers) == sorted([
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
        "Auto-Submitted", "X-Galleria-Shop",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("mail_from", "name"),
    [("The Mall <mall@example.com>", "The Mall"), ("mall@example.com", "Galleria")],
)
def test_sender_is_the_platform_or_a_shop_via_it(settings, shop, platform_shops, mail_from, name):
    settings.DEFAULT_FROM_EMAIL = mail_from

    messages = [
        build_message("k@example.com", "find_shops", {"shops": platform_shops}, tenant=None),
        build_message("k@example.com", "password_reset", {"link": LINK}, tenant=shop),
    ]

    senders = [sender_of(headers_of(message)) for message in messages]
    assert senders == [(name, "mall@example.com"), (f"Acme via {name}", "mall@example.com")]
