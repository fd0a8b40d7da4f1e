"""The parts of the OpenAPI documents that all operations share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from apps.api.fields import NOT_BLANK, StrictCharField
from apps.api.problems import CONTENT_TYPE
from apps.api.viewsets import LockedObjectMixin

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of the last read; 412 if the resource has changed since.",
)


class FieldProblemSerializer(serializers.Serializer):
    pointer = serializers.CharField(help_text="JSON pointer to the value, or a parameter's name.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment]  # the RFC's name


class ProblemAutoSchema(AutoSchema):
    """Add the problems that an operation may return."""

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        responses = super()._get_response_bodies(*args, **kwargs)
        problem = self._get_response_for_code(ProblemSerializer, "default", [CONTENT_TYPE])
        for status in self._problem_statuses():
            responses.setdefault(status, {**problem, "description": ""})
        return responses

    def get_override_parameters(self) -> list[Any]:
        return [IF_MATCH] if self._is_conditional() else []

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)
        schema.update(getattr(field, "documented", {}))
        # Strings have a `minLength` unless they may be blank, and are trimmed before.
        is_trimmed = isinstance(field, StrictCharField) and field.trim_whitespace
        if is_trimmed and "minLength" in schema and "format" not in schema:
            schema.setdefault("pattern", NOT_BLANK)

    def _problem_statuses(self) -> list[str]:
        statuses = ["400", "401", "403", "404", "429"]
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            statuses += ["409", "413", "415"]
        if self._is_conditional():
            statuses.append("412")
        return [*statuses, "503"]

    def _is_conditional(self) -> bool:
        is_write = self.method in {"PUT", "PATCH", "DELETE"}
        return is_write and isinstance(self.view, LockedObjectMixin)


class JWTScheme(OpenApiAuthenticationExtension):
    target_class = "auth_backends.authentication.TenantJWTAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
