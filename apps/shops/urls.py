from django.urls import path

from apps.shops.views import ShopView

urlpatterns = [path("shop/", ShopView.as_view(), name="shop")]
