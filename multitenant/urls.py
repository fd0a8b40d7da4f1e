"""The URLs of every host, including unknown ones."""

from django.conf import settings
from django.urls import path

from apps.pages.style import StylePage
from apps.server import views

urlpatterns = [
    path("livez", views.livez),
    path("readyz", views.readyz),
]
if settings.DEBUG:
    urlpatterns += [path("_style/", StylePage.as_view())]

handler400 = "apps.api.problems.bad_request"
handler403 = "apps.api.problems.permission_denied"
handler404 = "apps.api.problems.not_found"
handler500 = "apps.api.problems.server_error"
