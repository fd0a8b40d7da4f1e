"""The permissions of each role on users of each role."""

from itertools import product

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.answers import steady_headers
from tests.apps.api.assertions import problem
from tests.apps.users.conftest import ROLES
from tests.apps.users.factories import PASSWORD
from tests.pairs import spread_first

#: The roles whose users each role may make and change.
MANAGES = {
    "owner": {"owner", "manager", "staff", "customer"},
    "manager": {"manager", "staff", "customer"},
    "staff": set(),
    "customer": set(),
    "anonymous": set(),
}
#: The roles of colleagues whom each role may deactivate; of any other they change the names alone.
DEACTIVATES = MANAGES | {"manager": {"staff", "customer"}}
ACTORS = [*ROLES, "anonymous"]
SEES_ALL = {"owner", "manager", "staff"}


def stored(acme):
    with tenant_context(acme):
        return list(User.objects.order_by("pk").values())


def refusal(actor):
    """Return the status for a role that may not write, whatever the id."""
    return 401 if actor == "anonymous" else 403


def path(user):
    return f"/api/users/{user.pk}/"


@pytest.mark.parametrize("actor", ACTORS)
def test_list_by_role(as_, people, actor):
    response = as_(actor).get("/api/users/")
    if actor == "anonymous":
        problem(response, 401)
        return
    emails = {row["email"] for row in response.json()["results"]}
    team_of_acme = {user.email for name, user in people.items() if name != "stranger"}
    assert emails == (team_of_acme if actor in SEES_ALL else {people[actor].email})


@pytest.mark.parametrize(("actor", "target"), [*product(ACTORS, ROLES)])
def test_retrieve_by_role(as_, people, actor, target):
    response = as_(actor).get(path(people[f"other {target}"]))
    if actor in SEES_ALL:
        assert (response.status_code, response.json()["role"]) == (200, target)
    else:
        problem(response, 401 if actor == "anonymous" else 404)


@pytest.mark.parametrize("actor", ROLES)
def test_every_user_sees_themselves(as_, people, actor):
    response = as_(actor).get(path(people[actor]))
    assert (response.status_code, response.json()["email"]) == (200, people[actor].email)


@pytest.mark.parametrize(("actor", "role"), [*product(ACTORS, ROLES)])
def test_create_by_role(as_, acme, actor, role):
    before = stored(acme)
    body = {"email": "new@acme.example", "password": PASSWORD, "first_name": "Jo", "role": role}
    response = as_(actor).post("/api/users/", body)
    if role in MANAGES[actor]:
        assert (response.status_code, response.json()["role"]) == (201, role)
        assert len(stored(acme)) == len(before) + 1
        return
    if actor == "manager":  # the operation is theirs, this role is not
        assert response.status_code in {400, 403}
        problem(response, response.status_code)
    else:
        problem(response, refusal(actor))
    assert stored(acme) == before


@pytest.mark.parametrize(
    ("actor", "target", "method"),
    [
        *product(ACTORS, ROLES, ["patch", "delete"]),
        *(
            pytest.param(*pair, "put", marks=pytest.mark.exhaustive)
            for pair in product(ACTORS, ROLES)
        ),
    ],
)
def test_write_by_role(as_, people, acme, actor, target, method):
    user = people[f"other {target}"]
    before = stored(acme)
    body = {"email": user.email, "first_name": "Changed", "last_name": "", "role": target}
    response = getattr(as_(actor), method)(path(user), body)
    if target in (DEACTIVATES if method == "delete" else MANAGES)[actor]:
        assert response.status_code == (204 if method == "delete" else 200)
        assert stored(acme) != before
    else:
        problem(response, refusal(actor))
        assert stored(acme) == before


@pytest.mark.parametrize(("actor", "method"), spread_first(ROLES, ["patch", "put", "delete"]))
def test_write_to_own_user_by_role(as_, people, acme, actor, method):
    user = people[actor]
    before = stored(acme)
    body = {"email": user.email, "first_name": "Changed", "last_name": "", "role": actor}
    response = getattr(as_(actor), method)(path(user), body)
    if MANAGES[actor]:
        assert response.status_code == (204 if method == "delete" else 200)
    else:
        problem(response, 403)
        assert stored(acme) == before


@pytest.mark.parametrize(
    ("actor", "target"),
    [
        ("manager", "manager"),
        ("manager", "other manager"),
        ("manager", "other staff"),
        ("manager", "other customer"),
        ("staff", "staff"),
        ("staff", "other customer"),
        ("customer", "customer"),
    ],
)
@pytest.mark.parametrize("method", ["patch", pytest.param("put", marks=pytest.mark.exhaustive)])
def test_only_an_owner_creates_owners(as_, people, acme, actor, target, method):
    user = people[target]
    before = stored(acme)
    body = {"email": user.email, "first_name": "Kim", "last_name": "", "role": "owner"}
    response = getattr(as_(actor), method)(path(user), body)
    assert response.status_code in {400, 403}
    problem(response, response.status_code)
    assert stored(acme) == before


@pytest.mark.parametrize(
    "change",
    [{"role": "staff"}, {"is_active": False}, {"first_name": "X"}, {"email": "x@acme.example"}],
)
def test_manager_cannot_change_an_owner(as_, people, acme, change):
    before = stored(acme)
    problem(as_("manager").patch(path(people["owner"]), change), 403)
    assert stored(acme) == before


@pytest.mark.parametrize("method", ["patch", pytest.param("put", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize(
    "change",
    [
        {"role": "staff"},
        {"role": "customer"},
        {"is_active": False},
        {"email": "x@acme.example"},
        {"first_name": "Kim", "role": "staff"},
    ],
    ids=str,
)
def test_manager_changes_only_the_name_of_another_manager(as_, people, acme, method, change):
    user = people["other manager"]
    before = stored(acme)
    body = {"email": user.email, "role": "manager"} | change
    problem(getattr(as_("manager"), method)(path(user), body), 403)
    assert stored(acme) == before


def test_manager_cannot_reactivate_another_manager(as_, people, acme):
    user = people["other manager"]
    with tenant_context(acme):
        user.change(is_active=False)
    problem(as_("manager").patch(path(user), {"is_active": True}), 403)


def test_manager_renames_another_manager(as_, people):
    body = {"first_name": "Kim", "last_name": "Lee", "role": "manager", "is_active": True}
    assert as_("manager").patch(path(people["other manager"]), body).status_code == 200


def test_manager_resigns(as_, people):
    answer = as_("manager").patch(path(people["manager"]), {"role": "staff"})
    assert (answer.status_code, answer.json()["role"]) == (200, "staff")


def test_owner_changes_everything_of_a_manager(as_, people):
    body = {"role": "staff", "is_active": False, "email": "x@acme.example"}
    assert as_("owner").patch(path(people["other manager"]), body).status_code == 200


def test_owner_grants_and_revokes_ownership(as_, people):
    owner = as_("owner")
    for role in ("owner", "staff"):
        response = owner.patch(path(people["other staff"]), {"role": role})
        assert (response.status_code, response.json()["role"]) == (200, role)


@pytest.mark.parametrize(
    ("actor", "method"), spread_first(ROLES, ["get", "patch", "put", "delete"])
)
def test_user_of_another_shop_is_404_like_an_unknown_id(as_, people, actor, method):
    stranger = people["stranger"]
    with tenant_context(stranger.tenant):
        before = User.objects.values().get(pk=stranger.pk)
    body = {"email": "taken@over.example", "first_name": "Changed", "role": "customer"}
    client = as_(actor)
    real = getattr(client, method)(path(stranger), body if method != "get" else None)
    random = getattr(client, method)(
        "/api/users/00000000-0000-7000-8000-000000000000/", body if method != "get" else None
    )
    problem(real, 404 if method == "get" or MANAGES[actor] else 403)
    assert (real.status_code, real.content, steady_headers(real)) == (
        random.status_code,
        random.content,
        steady_headers(random),
    )
    with tenant_context(stranger.tenant):
        assert User.objects.values().get(pk=stranger.pk) == before


@pytest.mark.parametrize("pk", ["abc", "1", "0" * 32, "9" * 40, "..", "%00", "' OR 1=1 --"])
def test_malformed_id_is_404(as_, pk):
    problem(as_("owner").get(f"/api/users/{pk}/"), 404)


def test_team_sees_inactive_users(as_, people):
    with tenant_context(people["owner"].tenant):
        people["other staff"].change(is_active=False)
    response = as_("staff").get(path(people["other staff"]))
    assert (response.status_code, response.json()["is_active"]) == (200, False)
