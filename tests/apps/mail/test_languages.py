"""Mails are in the language of their shop, those of the platform in a given one."""

from __future__ import annotations

import re

import pytest

from apps.mail.delivery import send_after_commit
from apps.mail.messages import build_message
from tests.apps.tenants.factories import make_tenant

from .test_messages import LINK, MAILS, decoded, headers_of, html_of, sender_of

#: Lines that are the same in every language: addresses, names and the separator of a signature.
SAME = re.compile(r"https?://\S+|-- |acme|globex|Acme|Galleria")
SENDERS = {
    "en": "Acme via Galleria",
    "de": "Acme über Galleria",
    "es": "Acme a través de Galleria",
}


def mail_in(language, name, shop, platform_shops):
    if name == "find_shops":
        values = {"shops": platform_shops}
        return build_message("kim@example.com", name, values, tenant=None, language=language)
    shop.language = language
    return build_message("kim@example.com", name, MAILS[name][0], tenant=shop)


def texts_of(message):
    """Return the subject and the lines of both parts, without those that are never translated."""
    html = re.sub(r"<head>.*</head>", "", html_of(message), flags=re.DOTALL)
    lines = [message.subject, *message.body.splitlines(), *re.split(r"<[^>]*>|\n", html)]
    return {line for line in lines if line.strip() and not SAME.fullmatch(line)}


@pytest.mark.parametrize("language", ["de", "es"])
@pytest.mark.parametrize("name", [*MAILS, "find_shops"])
def test_mail_is_translated_completely(shop, platform_shops, name, language):
    english = mail_in("en", name, shop, platform_shops)
    translated = mail_in(language, name, shop, platform_shops)

    assert len(texts_of(english)) >= 4
    assert texts_of(english) & texts_of(translated) == set()
    assert '<html lang="en">' in html_of(english)
    assert f'<html lang="{language}">' in html_of(translated)


@pytest.mark.parametrize("count", [1, 2, 20])
@pytest.mark.parametrize("language", ["de", "es"])
def test_list_of_shops_is_translated_for_each_number(platform_shops, language, count):
    shops = (platform_shops * 10)[:count]
    english, translated = (mail_in(each, "find_shops", None, shops) for each in ("en", language))

    assert f" {count} " in translated.body
    assert texts_of(english) & texts_of(translated) == set()


@pytest.mark.parametrize("language", SENDERS)
def test_sender_is_named_in_the_language_of_the_shop(shop, platform_shops, language):
    message = mail_in(language, "password_reset", shop, platform_shops)

    assert sender_of(headers_of(message))[0] == SENDERS[language]


@pytest.mark.parametrize(
    ("language", "shown", "subject"),
    [
        ("fr", "en", "Set a new password for Acme"),
        ("de-ch", "de-ch", "Neues Passwort für Acme festlegen"),
        ("es-mx", "es-mx", "Elija una contraseña nueva para Acme"),
    ],
)
def test_mail_in_another_language_falls_back(shop, platform_shops, language, shown, subject):
    message = mail_in(language, "password_reset", shop, platform_shops)

    assert (message.subject, f'<html lang="{shown}">' in html_of(message)) == (subject, True)


@pytest.mark.parametrize("language", ["de", "es"])
def test_hostile_name_is_inert_in_every_language(shop, platform_shops, language):
    shop.name = "%(platform)s <b>{{ link }}</b> https://evil.example"
    harmless = "%(platform)s <b>{{ link }}</b> https: //evil. example"

    message = mail_in(language, "password_reset", shop, platform_shops)

    assert harmless in decoded(headers_of(message)["Subject"])
    assert harmless in message.body
    assert "<b>" not in html_of(message)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_smtp_server_receives_a_mail_in_the_language_of_the_shop(smtp):
    tenant = make_tenant("acme", name="Acme", language="de")

    send_after_commit("kim@example.com", "password_reset", {"link": LINK}, tenant=tenant)

    message = smtp.only_message()
    assert message["Subject"] == "Neues Passwort für Acme festlegen"
    assert all("eine Stunde" in part.get_content() for part in message.iter_parts())
