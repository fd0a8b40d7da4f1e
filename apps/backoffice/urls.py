from __future__ import annotations

from django.urls import path

from apps.backoffice.views import (
    collections,
    dashboard,
    imports,
    people,
    product,
    products,
    settings,
)

urlpatterns = [
    path("", dashboard.DashboardPage.as_view(), name="office"),
    path("products", products.ProductsPage.as_view(), name="office_products"),
    path("products/new", product.ProductPage.as_view(), name="office_product_new"),
    path("products/export.csv", products.ExportPage.as_view(), name="office_export"),
    path("products/<uuid:pk>", product.ProductPage.as_view(), name="office_product"),
    path("products/<uuid:pk>/images", product.ImageUploadPage.as_view(), name="office_images"),
    path("products/<uuid:pk>/delete", products.DeleteProductPage.as_view(), name="office_delete"),
    path("products/<uuid:pk>/preview", product.PreviewPage.as_view(), name="office_preview"),
    path("collections", collections.CollectionsPage.as_view(), name="office_collections"),
    path("collections/new", collections.CollectionPage.as_view(), name="office_collection_new"),
    path("collections/<uuid:pk>", collections.CollectionPage.as_view(), name="office_collection"),
    path("imports", imports.ImportsPage.as_view(), name="office_imports"),
    path("imports/<uuid:pk>", imports.ImportPage.as_view(), name="office_import"),
    path("people", people.PeoplePage.as_view(), name="office_people"),
    path("customers", people.CustomersPage.as_view(), name="office_customers"),
    path("settings", settings.GeneralPage.as_view(), name="office_settings"),
    path("settings/look", settings.LookPage.as_view(), name="office_look"),
    path("settings/logo", settings.LogoPage.as_view(), name="office_logo"),
    path("audit", settings.AuditPage.as_view(), name="office_audit"),
]
