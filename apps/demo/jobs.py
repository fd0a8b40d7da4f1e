from __future__ import annotations

from typing import Any

from apps.demo.drawing.pictures import Picture, draw, encode
from apps.jobs.tasks import task
from apps.products.images.jobs import receive, render_image
from apps.products.models import Image


# After the jobs that people wait for.
@task(atomic=False, priority=-10)
def draw_image(image_id: str, picture: dict[str, Any]) -> None:
    """Draw a Picture as if it was uploaded, and make its renditions."""
    image = Image.objects.filter(pk=image_id, status=Image.Status.PENDING).first()
    if image is None:
        return
    receive(image, encode(draw(Picture(**picture))))
    fields = {"content_hash": image.content_hash, "size": image.size}
    Image.objects.filter(pk=image.pk).update(**fields)
    render_image.call(image_id)
