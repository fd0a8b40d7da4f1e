from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.backoffice.views.office import ListPage, OfficePage
from apps.pages.api import UPLOAD, call
from apps.products.views.imports import ImportProductsView, ImportViewSet


class ImportsPage(ListPage):
    """The imports of the shop, and the form of a new one."""

    template_name = "backoffice/imports.html"
    section = "imports"
    api = ImportViewSet

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # In the query, because the form is read by the API alone.
        query = {"dry_run": request.GET.get("dry_run", "")}
        answer = call(request, ImportProductsView, "post", data=UPLOAD, query=query)
        if not answer.is_ok:
            return self.render_to_response(self.get_context_data(errors=answer.errors))
        return HttpResponseRedirect(reverse("office_import", args=[answer.data["id"]]), status=303)


class ImportPage(OfficePage):
    """The progress and the report of an import."""

    template_name = "backoffice/import.html"
    section = "imports"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.read(ImportViewSet, "retrieve", pk=str(self.kwargs["pk"]))
        return super().get_context_data(
            row=found,
            row_errors=found["errors"],
            is_running=found["status"] in {"queued", "running"},
            **kwargs,
        )
