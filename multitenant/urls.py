"""The URLs of every host, including unknown ones."""

from django.urls import path

from apps.server import views

urlpatterns = [
    path("livez", views.livez),
    path("readyz", views.readyz),
]

handler400 = "apps.api.problems.bad_request"
handler403 = "apps.api.problems.permission_denied"
handler404 = "apps.api.problems.not_found"
handler500 = "apps.api.problems.server_error"
