"""Generic views of single rows with strong ETags, If-Match and locked, partial writes."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, quote_etag
from rest_framework import mixins, viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.problems import Problem


class CreateModelMixin(mixins.CreateModelMixin):
    """POST, answered with the ETag of the new row."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _with_etag(super().create(request, *args, **kwargs))


class RetrieveModelMixin(mixins.RetrieveModelMixin):
    """GET, with an ETag; a 304 where If-None-Match has it."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = _with_etag(super().retrieve(request, *args, **kwargs))
        # If-Match is for writes; Django would answer it in HTML.
        if "If-Match" in request.headers:
            return response
        return get_conditional_response(request, etag=response["ETag"], response=response)


class LockedObjectMixin:
    """Locks the row of a write, and compares If-Match with it."""

    def get_locked_object(self: Any) -> Any:
        """Return the request's row, locked until the transaction ends.

        Raises Http404 where it is gone, PermissionDenied, and a 412 Problem where If-Match
        names another state of it.
        """
        found = self.get_object()
        locked = get_object_or_404(self.get_queryset().select_for_update(of=("self",)), pk=found.pk)
        self.check_object_permissions(self.request, locked)
        self.require_match(locked)
        return locked

    def require_match(self: Any, instance: Any) -> None:
        """Raise a 412 Problem if the request's If-Match names another state of `instance`."""
        wanted = self.request.headers.get("If-Match")
        if wanted is not None and not {"*", etag_of(self.get_serializer(instance).data)} & {
            *parse_etags(wanted)
        }:
            raise Problem(412, "precondition_failed", "This has changed since you read it.")


class UpdateModelMixin(LockedObjectMixin, mixins.UpdateModelMixin):
    """PUT and PATCH: the body is read and checked, and only then the row is locked and changed.

    Serializers save the fields they were given; see StrictModelSerializer. A body that changes
    nothing writes nothing.
    """

    def update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        partial = kwargs.pop("partial", False)
        instance = self.get_object()
        self.require_match(instance)  # validating may cost something: a mail, a try
        serializer = self.get_serializer(instance, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            serializer.instance = self.get_locked_object()
            if _changes(serializer):
                self.perform_update(serializer)
        return _with_etag(Response(serializer.data))


class DestroyModelMixin(LockedObjectMixin, mixins.DestroyModelMixin):
    """DELETE of a locked row."""

    def destroy(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.get_object()  # outside the transaction: a refusal must not undo what it counts
        with transaction.atomic():
            self.perform_destroy(self.get_locked_object())
        return Response(status=204)


class ModelViewSet(
    CreateModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
    DestroyModelMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet,
):
    """REST framework's ModelViewSet with the mixins of this module."""


def etag_of(data: Any) -> str:
    """Return the strong ETag (RFC 9110, section 8.8.3) of a representation."""
    return quote_etag(hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32])


def _with_etag(response: Response) -> Response:
    response["ETag"] = etag_of(response.data)
    return response


def _changes(serializer: Any) -> bool:
    missing = object()
    return any(
        getattr(serializer.instance, name, missing) != value
        for name, value in serializer.validated_data.items()
    )
