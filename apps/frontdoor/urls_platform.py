from django.urls import path

from apps.frontdoor import views

urlpatterns = [
    path("", views.HomePage.as_view(), name="home"),
    path("find-shops", views.FindShopsPage.as_view(), name="find_shops"),
    path("favicon.svg", views.FaviconPage.as_view(), name="favicon"),
    path("robots.txt", views.RobotsPage.as_view(), name="robots"),
]
