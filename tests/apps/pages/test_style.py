from django.test import RequestFactory

from apps.pages.style import StylePage


def test_style_page_shows_each_component(rf: RequestFactory):
    response = StylePage.as_view()(rf.get("/_style/"))

    page = response.content.decode()
    components = ("button--primary", "field", "chip", "badge", "notice--bad", "table", "empty")
    assert [name for name in components if name not in page] == []
    assert 'aria-invalid="true"' in page


def test_style_page_is_for_debugging_only(acme_client, platform):
    assert acme_client.get("/_style/").status_code == 404
    assert platform.get("/_style/").status_code == 404
