"""The team: roles, invitations, and when a password is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken, LoginSession, User
from tests.apps.pages.html import Page
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import person

TEAM = "/admin/people"
NEW = "new@acme.example"


@pytest.fixture
def second_owner(acme, people):
    return person(acme, "second@acme.example", "owner")


def change(browser, user, do, **fields):
    return browser.submit(TEAM, {"id": str(user.pk), "_do": do, **fields})


def invite(browser, role="staff", email=NEW, **fields):
    return browser.submit(TEAM, {"email": email, "role": role, "_do": "invite", **fields})


def stored(user):
    with tenant_context(user.tenant):
        found = User.objects.get(pk=user.pk)
    return found.role, found.is_active


def invitations(tenant):
    with tenant_context(tenant):
        tokens = EmailToken.objects.usable().filter(purpose="invitation")
        return list(tokens.values_list("email", "role"))


def make_sessions_old(tenant):
    with tenant_context(tenant):
        LoginSession.objects.update(created_at=F("created_at") - timedelta(hours=1))


def test_role_is_changed_by_the_form_of_the_row(acme, office, people):
    page = Page(office.get(TEAM))
    [form] = [
        each
        for each in page.forms
        if each.values.get("id") == str(people["staff"].pk) and "role" in each.values
    ]

    response = office.submit(TEAM, form.filled({"role": "manager"}, _do="role"))

    assert response["Location"] == f"{TEAM}?done=saved"
    assert stored(people["staff"]) == ("manager", True)


def test_member_is_deactivated_and_activated(office, people):
    assert change(office, people["staff"], "deactivate").status_code == 303
    assert stored(people["staff"]) == ("staff", False)

    change(office, people["staff"], "activate")

    assert stored(people["staff"]) == ("staff", True)


def test_deactivated_member_is_logged_out(office, browser_of, people):
    browser = browser_of("staff")
    assert browser.get("/admin/").status_code == 200

    change(office, people["staff"], "deactivate")

    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize(("do", "fields"), [("deactivate", {}), ("role", {"role": "staff"})])
def test_last_owner_stays(office, people, do, fields):
    response = change(office, people["owner"], do, **fields)

    assert Page(response).messages == ["A shop keeps at least one active owner."]
    assert stored(people["owner"]) == ("owner", True)


@pytest.mark.parametrize(
    ("role", "target", "fields"),
    [
        ("staff", "customer", {"role": "staff"}),
        ("manager", "owner", {"role": "staff"}),
        ("manager", "staff", {"role": "owner"}),
        ("manager", "staff", {"role": "manager"}),
        ("manager", "customer", {"role": "staff"}),
    ],
)
def test_role_is_changed_as_by_the_api(acme_client, browser_of, people, role, target, fields):
    before = stored(people[target])
    client = acme_client.as_(people[role])
    answer = client.patch(f"/api/users/{people[target].pk}/", fields)
    of_api = stored(people[target])
    with tenant_context(people[target].tenant):
        User.objects.filter(pk=people[target].pk).update(role=before[0])

    response = change(browser_of(role), people[target], "role", **fields)

    assert (response.status_code == 303) == (answer.status_code == 200)
    assert stored(people[target]) == of_api


@pytest.mark.parametrize("role", ["owner", "manager", "staff"])
@pytest.mark.parametrize("invited", ["owner", "staff"])
def test_invitation_is_sent_as_by_the_api(acme, acme_client, browser_of, people, role, invited):
    body = {"email": "api@acme.example", "role": invited}
    answer = acme_client.as_(people[role]).post("/api/users/invitations/", body)

    response = invite(browser_of(role), invited)

    is_sent = answer.status_code == 201
    assert response.status_code == (303 if is_sent else 200)
    assert ((NEW, invited) in invitations(acme)) == is_sent


def test_refused_invitation_keeps_what_was_typed(acme, office):
    page = Page(invite(office, "manager", email="new@"))

    values = page.form_with("email").values
    assert (values["email"], values["role"]) == ("new@", "manager")
    assert page.messages
    assert invitations(acme) == []


def test_invitation_is_withdrawn(acme, office):
    invite(office)
    forms = Page(office.get(TEAM)).forms
    [form] = [each for each in forms if ("_do", "withdraw") in each.buttons]

    response = office.submit(TEAM, form.filled(_do="withdraw"))

    assert response["Location"] == f"{TEAM}?done=withdrawn"
    assert invitations(acme) == []


def test_owner_is_not_changed_without_a_recent_login(acme, office, second_owner):
    make_sessions_old(acme)

    page = Page(change(office, second_owner, "role", role="staff"))

    assert page.messages
    assert stored(second_owner) == ("owner", True)


@pytest.mark.parametrize(
    ("do", "fields", "after"),
    [("role", {"role": "staff"}, ("staff", True)), ("deactivate", {}, ("owner", False))],
)
def test_change_is_confirmed_with_the_password(acme, office, second_owner, do, fields, after):
    make_sessions_old(acme)
    page = Page(change(office, second_owner, do, **fields))
    form = page.form_with("current_password")

    wrong = office.submit(TEAM, form.filled({"current_password": "wrong battery"}))
    form = Page(wrong).form_with("current_password")
    response = office.submit(TEAM, form.filled({"current_password": PASSWORD}))

    assert response.status_code == 303
    assert stored(second_owner) == after


def test_owner_is_invited_with_the_password(acme, office):
    make_sessions_old(acme)
    assert invite(office, "owner").status_code == 200

    response = invite(office, "owner", current_password=PASSWORD)

    assert response.status_code == 303
    assert invitations(acme) == [(NEW, "owner")]


def test_person_or_invitation_of_no_id_has_a_message(office, events):
    for pk in ("", "x", "00000000-0000-7000-8000-000000000000"):
        for do in ("role", "withdraw", "deactivate", ""):
            response = office.submit(TEAM, {"id": pk, "_do": do, "role": "staff"})
            assert (pk, do, response.status_code) == (pk, do, 200)
            assert Page(response).messages

    assert events() == []


def test_page_write_is_recorded_as_by_the_api(acme, acme_client, office, people, events):
    client, staff = acme_client.as_(people["owner"]), people["staff"]
    change(office, staff, "role", role="manager")
    invite(office)
    with tenant_context(acme):
        pk = EmailToken.objects.usable().get(email=NEW).pk
    office.submit(TEAM, {"id": str(pk), "_do": "withdraw"})
    of_pages = events()
    client.patch(f"/api/users/{staff.pk}/", {"role": "staff"})
    pk = client.post("/api/users/invitations/", {"email": NEW, "role": "staff"}).json()["id"]
    client.delete(f"/api/users/invitations/{pk}/")

    assert events()[len(of_pages) :] == of_pages
    assert [action for action, *_ in of_pages] == [
        "user.changed",
        "invitation.sent",
        "invitation.withdrawn",
    ]


def test_customers_are_listed_and_searched(acme, office, people):
    person(acme, "bob@acme.example", first_name="Bob")

    everyone = office.get("/admin/customers").content
    found = office.get("/admin/customers?search=bob").content

    assert (b"bob@acme" in everyone, b"customer@acme" in everyone) == (True, True)
    assert (b"bob@acme" in found, b"customer@acme" in found) == (True, False)
    assert b"manager@acme" not in everyone
