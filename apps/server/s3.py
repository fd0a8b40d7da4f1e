from __future__ import annotations

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage


class BoundedS3Storage(S3Storage):
    """Files in S3, with an end to each wait: a request that waits holds one of the few slots."""

    def get_default_settings(self) -> dict[str, Any]:
        waits = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2})
        return {**super().get_default_settings(), "client_config": waits}
