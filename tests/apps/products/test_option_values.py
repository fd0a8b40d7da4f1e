"""The values of variants when the options of their product change."""

import pytest

OPTIONS = [{"name": "Size", "values": ["S", "M"]}, {"name": "Colour", "values": ["red"]}]


@pytest.fixture
def shirt(client):
    variants = [{"options": {"Size": size, "Colour": "red"}} for size in ("S", "M")]
    body = {"name": "Shirt", "code": "shirt", "options": OPTIONS, "variants": variants}
    response = client.post("/api/products/", body)
    assert response.status_code == 201, response.content
    return response.json()


def path(product):
    return f"/api/products/{product['id']}/"


def test_option_that_is_added_leaves_the_others(client, shirt):
    options = [*shirt["options"], {"name": "Fit", "values": ["slim"]}]
    variants = [
        {"id": row["id"], "options": row["options"] | {"Fit": "slim"}} for row in shirt["variants"]
    ]

    response = client.patch(path(shirt), {"options": options, "variants": variants})

    assert response.status_code == 200, response.content
    assert [v["options"] for v in client.get(path(shirt)).json()["variants"]] == [
        {"Size": "S", "Colour": "red", "Fit": "slim"},
        {"Size": "M", "Colour": "red", "Fit": "slim"},
    ]


def test_value_that_changes_leaves_the_others(client, shirt):
    first, second = shirt["variants"]
    options = [{"name": "Size", "values": ["L", "M"]}, shirt["options"][1]]
    variants = [{"id": first["id"], "options": {"Size": "L", "Colour": "red"}}, second]

    client.patch(path(shirt), {"options": options, "variants": variants})

    assert [v["options"] for v in client.get(path(shirt)).json()["variants"]] == [
        {"Size": "L", "Colour": "red"},
        {"Size": "M", "Colour": "red"},
    ]
