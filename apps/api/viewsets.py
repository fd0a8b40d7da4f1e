"""Mixins with strong ETags, conditional requests and writes that lock the row."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from apps.api.pagination import KeysetPagination
from apps.api.problems import Problem
from apps.api.read_plans import plan_of
from apps.api.renderers import QuickJSONRenderer


class ListModelMixin(mixins.ListModelMixin):
    """Return a page of rows, by a plan (see apps.api.read_plans) if the serializer has one."""

    def get_statement_key(self) -> Hashable | None:
        """Return what the statement of the list depends on, besides its order, or None.

        Without filters and for one key, the statement must be the same in every tenant and for
        every user. It is compiled once, and for None with each request.
        """
        return None

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        plan = plan_of(self.get_serializer_class())
        if plan is None or not isinstance(self.paginator, KeysetPagination):
            return super().list(request, *args, **kwargs)
        is_first = request.query_params.keys() <= {api_settings.ORDERING_PARAM}
        if is_first and self.get_statement_key() is not None:
            page = self.paginator.paginate_first(self._filtered, request, self, plan)
        else:
            page = self.paginator.paginate_queryset(self._filtered(), request, self, plan)
        rows = plan.represent(page, self.get_serializer_context())
        return self.get_paginated_response(rows)

    def _filtered(self: Any) -> Any:
        return self.filter_queryset(self.get_queryset())


class CreateModelMixin(mixins.CreateModelMixin):
    """Create a row and return its ETag."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _with_etag(super().create(request, *args, **kwargs))


class RetrieveModelMixin(mixins.RetrieveModelMixin):
    """Return a row and its ETag, or 304 if that is in If-None-Match."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = _with_etag(super().retrieve(request, *args, **kwargs))
        # If-Match is for writes; Django's response to it would be HTML.
        if "If-Match" in request.headers:
            return response
        return get_conditional_response(request, etag=response["ETag"], response=response)


class LockedObjectMixin:
    """Lock the row of a write and compare its ETag with If-Match."""

    def get_locked_object(self: Any) -> Any:
        """Return the row of the request, locked until the transaction ends.

        Raise Http404, PermissionDenied, or a 412 Problem if If-Match has another ETag.
        """
        pk = self.get_object().pk
        locked = get_object_or_404(self.get_queryset().select_for_update(of=("self",)), pk=pk)
        self.check_object_permissions(self.request, locked)
        self.require_match(locked)
        return locked

    def require_match(self: Any, instance: Any) -> None:
        """Raise a 412 Problem if If-Match has another ETag than that of `instance`."""
        header = self.request.headers.get("If-Match")
        if header is None:
            return
        if not {"*", etag_of(self.get_serializer(instance).data)} & {*parse_etags(header)}:
            raise Problem(412, "precondition_failed", _("This has changed since you read it."))


class UpdateModelMixin(LockedObjectMixin, mixins.UpdateModelMixin):
    """Validate the body before the row is locked, and save only if a value changes.

    Serializers save only the given fields; see StrictModelSerializer.
    """

    def update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        partial = kwargs.pop("partial", False)
        instance = self.get_object()
        self.require_match(instance)  # before the validation, which may count an attempt
        serializer = self.get_serializer(instance, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            serializer.instance = self.get_locked_object()
            if _changes(serializer):
                self.perform_update(serializer)
        return _with_etag(Response(serializer.data))


class DestroyModelMixin(LockedObjectMixin, mixins.DestroyModelMixin):
    """Delete a row after locking it."""

    def destroy(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.get_object()  # outside the transaction, so that a refused attempt stays counted
        with transaction.atomic():
            self.perform_destroy(self.get_locked_object())
        return Response(status=204)


class ModelViewSet(
    CreateModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    viewsets.GenericViewSet,
):
    """DRF's ModelViewSet with the mixins of this module."""


def etag_of(data: Any) -> str:
    """Return the strong ETag (RFC 9110, section 8.8.3) of a representation."""
    return quote_etag(hashlib.sha256(QuickJSONRenderer().render(data)).hexdigest()[:32])


def _with_etag(response: Response) -> Response:
    response["ETag"] = etag_of(response.data)
    return response


def _changes(serializer: Any) -> bool:
    missing = object()
    return any(
        getattr(serializer.instance, name, missing) != value
        for name, value in serializer.validated_data.items()
    )
