from rest_framework.routers import SimpleRouter

from apps.auditlog.views import AuditViewSet

router = SimpleRouter()
router.register("audit", AuditViewSet, basename="audit")

urlpatterns = router.urls
