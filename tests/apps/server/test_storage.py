"""The storage of uploaded files, by STORAGE_URL."""

from io import BytesIO
from pathlib import Path

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from apps.products.images import files
from apps.products.imports.running import run_import
from apps.server.storage import parse_storage_url
from apps.tenants.context import tenant_context
from tests.apps.products.imports.files import SIMPLE, queue_import

FOLDER = Path("/data/media")


def test_files_are_in_the_folder_without_a_url():
    assert parse_storage_url("", FOLDER) == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FOLDER},
    }


def test_bucket_is_read_from_the_url():
    url = "s3://key:a%2Fb@pictures?region=eu-central-1&endpoint=http://127.0.0.1:9000"

    assert parse_storage_url(url, FOLDER) == {
        "BACKEND": "apps.server.s3.BoundedS3Storage",
        "OPTIONS": {
            "access_key": "key",
            "secret_key": "a/b",
            "bucket_name": "pictures",
            "default_acl": None,
            "querystring_auth": True,
            "max_memory_size": 1_000_000,
            "region_name": "eu-central-1",
            "endpoint_url": "http://127.0.0.1:9000",
        },
    }


@pytest.mark.parametrize(
    "url",
    ["https://key:secret@pictures", "s3://pictures", "s3://key@pictures", "s3://k:s@b?acl=public"],
)
def test_malformed_url_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL is"):
        parse_storage_url(url, FOLDER)


@pytest.fixture
def bucket(settings):
    """A bucket of a real HTTP server, as the default storage."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    url = f"s3://key:secret@pictures?region=us-east-1&endpoint={endpoint}"
    options = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **options)
    client.create_bucket(Bucket="pictures")
    settings.STORAGES = {**settings.STORAGES, "default": parse_storage_url(url, FOLDER)}
    yield client
    client.close()
    server.stop()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_images_are_kept_in_a_bucket_by_shop(bucket, acme, globex, acme_client, globex_client):
    digest = "a" * 64
    with tenant_context(acme):
        files.save(files.rendition_name(digest, 160), BytesIO(b"an image"))

    [stored] = bucket.list_objects_v2(Bucket="pictures")["Contents"]
    assert stored["Key"] == f"{acme.pk}/images/{digest}/160.webp"
    assert acme_client.get(f"/media/{digest}/160.webp").content == b"an image"
    assert globex_client.get(f"/media/{digest}/160.webp").status_code == 404

    with tenant_context(acme):
        files.delete(files.names_of(digest, 160))
    assert not storages["default"].exists(stored["Key"])


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_files_to_import_are_kept_in_a_bucket_and_deleted(bucket, acme):
    assert storages["default"].client_config.read_timeout == 10
    with tenant_context(acme):
        queued = queue_import(SIMPLE, "pot,Pot,5")
        [stored] = bucket.list_objects_v2(Bucket="pictures")["Contents"]
        assert stored["Key"] == queued.stored_as

        done = run_import(queued.pk)

    assert (done.status, done.created) == ("done", 1)
    assert "Contents" not in bucket.list_objects_v2(Bucket="pictures")
