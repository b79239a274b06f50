"""The heaviest things that somebody can send cost little time and memory: measured in a process that does nothing else."""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.media.papers import office, packed, packed_pdf, pdf
from tests.media.shots import png_claiming

pytestmark = pytest.mark.pure

SECONDS, MEGABYTES = 2, 150

MEASURED = """
import json, resource, sys, time
from pathlib import Path
from forum.media.documents import prepare_document
from forum.media.pictures import prepare
from forum.media.refusals import Refused

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

prepare_document(Path(sys.argv[1], "0.pdf").read_bytes(), "a.pdf")
before, cost = peak(), {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    data, begun = path.read_bytes(), time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    try:
        prepare(data) if path.suffix == ".png" else prepare_document(data, path.name)
    except Refused:
        pass
    cost[path.name] = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - begun
print(json.dumps([cost, peak() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 - 40]))
"""


def image(side: int) -> bytes:
    """A PDF whose page shows a picture of many pixels."""
    pixels = zeros(side * side)
    drawn = b"600 0 0 800 0 0 cm /I Do"
    shape = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (side, side)
    return pdf(
        b"",
        b"%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (shape, len(pixels), pixels),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    ).replace(b"/Contents 4 0 R/Resources<<>>", b"/Contents 6 0 R/Resources<</XObject<</I 5 0 R>>>>")


def zeros(count: int) -> bytes:
    """That many zeros, packed without ever being there."""
    packer, piece = zlib.compressobj(1), bytes(1 << 20)
    parts = [packer.compress(piece) for _ in range(count >> 20)]
    return b"".join([*parts, packer.compress(bytes(count % (1 << 20))), packer.flush()])


def test_the_heaviest_files_cost_little(tmp_path: Path) -> None:
    many = [b"<</S/P/P 2 0 R/K[<</Type/MCR/MCID 3/Pg 3 0 R>>]>>"] * 60_000
    endless = b"q " * 3_000_000
    small_bomb = office("xlsx", parts={"a.emf": bytes(4 * 2**20)})
    for name, data in {
        "0.pdf": pdf(),
        "image.pdf": image(20_000),
        "many.pdf": pdf(b"/OpenAction[3 0 R/Fit]/K[%s]" % b" ".join(b"%d 0 R" % n for n in range(5, 60_005)), *many),
        "packed.pdf": packed_pdf(b"[" + b"0 " * 30_000_000 + b"]"),
        "endless.pdf": pdf(b"", b"<</Length %d>>stream\n%s\nendstream" % (len(endless), endless)).replace(
            b"ts 4", b"ts 5"
        ),
        "bomb.docx": office(parts={"word/a.xml": bytes(60 * 2**20)}),
        "bombs.docx": office(parts={f"word/embeddings/{n}.xlsx": small_bomb for n in range(60)}),
        "full.docx": office(parts={f"word/media/{n}.emf": bytes(range(256)) * 15_000 for n in range(30)}),
        "parts.docx": packed((str(n), b"") for n in range(65_000)),
        "heavy.docx": b"PK\x03\x04" + bytes(20 * 2**20),
        "claims.png": png_claiming(20_000, 20_000),
    }.items():
        (tmp_path / name).write_bytes(data)
    top = Path(__file__).parents[2]
    command = [sys.executable, "-W", "ignore", "-c", MEASURED, str(tmp_path)]
    run = subprocess.run(command, cwd=top, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    cost, here, child = json.loads(run.stdout)
    assert {name: seconds for name, seconds in cost.items() if seconds >= SECONDS} == {}
    assert here < MEGABYTES
    assert child < MEGABYTES
