"""What people do in a browser, from the first page of the platform to the log-out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from tests.browser.shops import PICTURE
from tests.browser.tour import open_page
from tests.processes import ROOT, Server, free_port, new_folder, serving, until

PASSWORD = "staple lamp seventeen"
MAX_ACTIONS = 12
#: Labels that are the beginning of others.
EXACT = {"Option", "Values"}


class Mailbox:
    """An SMTP server, and the links in the mails that it received."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def link_to(self, address: str, page: str) -> str:
        """Return the link to a page in the latest mail to an address, once there is one."""
        found: list[str] = []

        def arrived() -> bool:
            texts = [
                message.get_body(("plain",)).get_content()
                for message in self.messages
                if message["To"] == address
            ]
            found.extend(re.findall(rf"http\S+/{page}\?token=\S+", "\n".join(texts)))
            return bool(found)

        until(arrived)
        return found[-1]


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    mailbox.port = controller.port
    yield mailbox
    controller.stop()


@pytest.fixture(scope="module")
def mailing_server(chromium, mailbox) -> Iterator[Server]:
    address = f"smtp://127.0.0.1:{mailbox.port}"
    with (
        new_folder() as folder,
        serving(folder, DEMO=0, JOB_WORKERS=1, EMAIL_URL=address) as server,
    ):
        yield server


class Actor:
    """A person at a page, whose clicks and entries are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def fill(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=label in EXACT).first.fill(text)

    def click(self, role: Any, name: str) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name).first.click()


@pytest.fixture
def pages(browser):
    opened: list[Page] = []

    def new_page(**options: Any) -> Page:
        opened.append(open_page(browser, **options))
        return opened[-1]

    yield new_page
    for page in opened:
        page.context.close()


def open_shop(page: Page, server: Server, name: str) -> None:
    page.goto(f"http://localhost:{server.port}/")
    code = name.lower().replace(" ", "-")
    page.get_by_label("Name of the shop").fill(name)
    page.get_by_label("Address").fill(code)
    page.get_by_label("Your first name").fill("Ann")
    page.get_by_label("E-mail").fill(f"ann@{code}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open your shop").click()
    page.wait_for_url("**/admin/")


def host_of(page: Page) -> str:
    return page.evaluate("location.origin")


def test_new_shop_sells_a_product_with_two_variants_in_twelve_actions(pages, mailing_server):
    page = pages()
    open_shop(page, mailing_server, "Kiln and Co")
    shop, person = host_of(page), Actor(page)

    person.click("link", "Add product")
    person.fill("Name", "Tea bowl")
    person.fill("Option", "Size")
    person.fill("Values", "Small, Large")
    person.fill("Price 1", "24.50")
    person.fill("Stock 1", "3")
    person.actions += 1
    page.get_by_label("Status").select_option("active")
    person.click("button", "Save")
    page.wait_for_url("**done=added")
    person.actions += 1
    page.get_by_label("Add a picture").set_input_files(PICTURE)
    page.wait_for_url("**done=uploaded*")
    person.click("link", "Overview")
    person.click("button", "Open the shop")
    person.click("link", "Storefront")

    assert person.actions <= MAX_ACTIONS
    expect(page.get_by_role("link", name="Tea bowl").first).to_be_visible()
    page.get_by_role("link", name="Tea bowl").first.click()
    expect(page.get_by_role("link", name="Large")).to_be_visible()
    expect(page.get_by_text("€24.50")).to_be_visible()
    until(lambda: page.reload() and page.locator(".gallery img").count() == 1)
    page.goto(f"{shop}/admin/")
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{shop}/admin/products")
    assert page.url.startswith(f"{shop}/account/login")


def test_product_is_added_and_changed_without_a_script(pages, mailing_server):
    page = pages(java_script_enabled=False)
    open_shop(page, mailing_server, "Plain Shop")

    page.get_by_role("link", name="Add product").first.click()
    page.get_by_label("Name").first.fill("Mug")
    page.get_by_label("Option", exact=True).first.fill("Glaze")
    page.get_by_label("Values", exact=True).first.fill("White, Blue")
    page.get_by_role("button", name="Update the variants").click()
    page.get_by_label("Price 1").fill("12")
    page.get_by_label("Price 2").fill("14")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=added")
    page.get_by_label("Name").first.fill("Big mug")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=saved")

    assert page.get_by_role("heading", level=1).inner_text() == "Big mug"
    assert [page.get_by_label(f"Price {n}").input_value() for n in (1, 2)] == ["12.00", "14.00"]


def test_import_shows_its_progress_and_result(pages, mailing_server):
    page = pages()
    open_shop(page, mailing_server, "Import House")
    page.goto(f"{host_of(page)}/admin/imports")

    page.get_by_label("CSV file").set_input_files(ROOT / "docs/examples/products.csv")
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert page.get_by_role("progressbar").is_visible()
    page.goto(f"{host_of(page)}/admin/products")
    assert page.locator("tbody tr").count() > 1


def test_invitation_is_accepted_from_its_mail(pages, mailing_server, mailbox):
    owner, guest = pages(), pages()
    open_shop(owner, mailing_server, "Guest House")
    owner.goto(f"{host_of(owner)}/admin/people")
    owner.get_by_label("E-mail").fill("bob@guest.example")
    owner.get_by_role("button", name="Send the invitation").click()
    owner.wait_for_url("**done=invited")

    guest.goto(mailbox.link_to("bob@guest.example", "accept-invitation"))
    guest.get_by_label("First name").fill("Bob")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Accept the invitation").click()
    guest.wait_for_url("**/account/login?**")
    guest.get_by_label("E-mail").fill("bob@guest.example")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Log in").click()
    guest.wait_for_url("**/admin/")

    assert guest.get_by_role("link", name="Audit log").count() == 0


@pytest.mark.parametrize("has_script", [True, False])
def test_password_is_reset_from_its_mail(pages, mailing_server, mailbox, has_script):
    name = f"Reset {'One' if has_script else 'Two'}"
    owner, page = pages(), pages(java_script_enabled=has_script)
    open_shop(owner, mailing_server, name)
    address = f"ann@{name.lower().replace(' ', '-')}.example"
    page.goto(f"{host_of(owner)}/account/forgot")
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Send the link").click()

    page.goto(mailbox.link_to(address, "reset-password"))
    page.get_by_label("New password").fill("violet crane orchard")
    page.get_by_role("button", name="Save the password").click()
    page.wait_for_url("**/account/login?**")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill("violet crane orchard")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")

    owner.goto(f"{host_of(owner)}/admin/")
    assert "/account/login" in owner.url


def test_customer_registers_from_the_mail(pages, mailing_server, mailbox):
    owner, page = pages(), pages(java_script_enabled=False)
    open_shop(owner, mailing_server, "Customer House")
    page.goto(f"{host_of(owner)}/account/register")
    page.get_by_label("First name").fill("Cleo")
    page.get_by_label("E-mail").fill("cleo@example.com")
    page.get_by_role("button", name="Create an account").click()

    page.goto(mailbox.link_to("cleo@example.com", "verify-email"))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_label("E-mail").fill("cleo@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/account")

    page.goto(f"{host_of(page)}/admin/")
    assert page.get_by_role("heading", name="This is not yours to see").is_visible()
