from django.urls import path

from apps.users.views.registration import FindShopsView

urlpatterns = [path("auth/find-shops/", FindShopsView.as_view())]
