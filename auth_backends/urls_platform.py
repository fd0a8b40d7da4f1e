from django.urls import path

from auth_backends.views import JWKSView

urlpatterns = [path(".well-known/jwks.json", JWKSView.as_view())]
