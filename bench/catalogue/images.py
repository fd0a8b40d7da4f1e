"""Render a photograph of 24 megapixels: `python -m bench.catalogue.images`.

Prints the seconds from the upload's bytes to all renditions, as a ratio to decoding alone, and the
most memory of the process that decodes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PIL import Image

from apps.products.images.inspection import inspect
from apps.products.images.processing import render

SIZE = (6_000, 4_000)
ROUNDS = 5


def write_photograph(path: Path) -> None:
    """Write a JPEG with smooth areas and grain, as a camera does."""
    shades = [Image.radial_gradient("L").resize(SIZE).rotate(angle) for angle in (0, 40, 80)]
    grain = Image.effect_noise(SIZE, 24)
    bands = [Image.blend(shade, grain, 0.25) for shade in shades]
    Image.merge("RGB", bands).save(path, quality=90)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def decode(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def process(path: Path, folder: Path) -> None:
    with path.open("rb") as file:
        inspect(file)
    render(path, folder)


def measure(path: Path) -> None:
    folder = path.parent
    whole = [seconds(lambda: process(path, folder)) for _ in range(ROUNDS)]
    # Before this process decodes: a child begins with as much memory as its parent has.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    decoding = [seconds(lambda: decode(path)) for _ in range(ROUNDS)]
    widths = sorted(int(each.stem) for each in folder.glob("*.webp"))
    print("| JPEG of 24 megapixels | decoding, s | all renditions, s | ratio | MiB peak |")
    print("|---|---|---|---|---|")
    print(
        f"| {path.stat().st_size / 1e6:.1f} MB to {widths} px | {median(decoding):.2f}"
        f" | {median(whole):.2f} | {median(whole) / median(decoding):.1f} | {peak:.0f} |"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photograph.jpg"
        write_photograph(path)
        subprocess.run([sys.executable, "-m", "bench.catalogue.images", path], check=True)


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
