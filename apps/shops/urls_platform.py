from django.urls import path

from apps.shops.views import AvailabilityView, OpenShopView

urlpatterns = [
    path("shops/", OpenShopView.as_view(), name="shops"),
    path("shops/availability/", AvailabilityView.as_view(), name="availability"),
]
