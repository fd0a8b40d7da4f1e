from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PARAMETERS = {"region": "region_name", "endpoint": "endpoint_url"}


def parse_storage_url(url: str, folder: Path) -> dict[str, Any]:
    """Return the settings of the storage at `url`, or of `folder` if that is empty.

    `s3://KEY:SECRET@BUCKET?region=REGION&endpoint=URL` is a bucket of S3 or of a compatible server;
    KEY and SECRET are percent-encoded. Raise ImproperlyConfigured.
    """
    if not url:
        backend = "django.core.files.storage.FileSystemStorage"
        return {"BACKEND": backend, "OPTIONS": {"location": folder}}
    parts = urlsplit(url)
    parameters = dict(parse_qsl(parts.query))
    is_complete = parts.username and parts.password and parts.hostname
    if parts.scheme != "s3" or not is_complete or parameters.keys() - _PARAMETERS.keys():
        raise ImproperlyConfigured(
            "STORAGE_URL is s3://KEY:SECRET@BUCKET?region=REGION&endpoint=URL, or empty."
        )
    options = {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": parts.hostname,
        "default_acl": None,
        "querystring_auth": True,
        "max_memory_size": 1_000_000,  # bytes of an open file; the rest is on the disk
        **{_PARAMETERS[name]: value for name, value in parameters.items()},
    }
    return {"BACKEND": "apps.server.s3.BoundedS3Storage", "OPTIONS": options}
