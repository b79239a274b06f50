"""What becomes of the bytes of a picture."""

import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageCms, PngImagePlugin

from forum.media.pictures import MOST_BYTES, PictureRefused, prepare, thumb_size
from tests.media.shots import SERIAL, chunk, markers, opened, phone_photo, picture, png_claiming, png_with

# Start, JFIF, tables, a progressive frame, scans, end: no EXIF or XMP (E1), no colour profile (E2), no comment (FE), nothing behind.
BARE = {0xE0, 0xDB, 0xC2, 0xC4, 0xDA, 0xD9}
RED, BLUE = (254, 0, 0), (0, 0, 254)


Refusal = Callable[[bytes], str]


@pytest.fixture
def refusal(application: Flask) -> Iterator[Refusal]:
    """What is said, in Chinese, to the sender of these bytes."""

    def refuse(data: bytes) -> str:
        with pytest.raises(PictureRefused) as refused:
            prepare(data)
        return str(refused.value.message)

    with application.test_request_context():
        yield refuse


def near(colour: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_progressive_jpeg(kind: str) -> None:
    made = prepare(picture(kind, (3000, 1500)))
    assert (made.width, made.height) == (2560, 1280)
    assert opened(made.full).size == (2560, 1280)
    assert opened(made.thumb).size == (480, 240) == thumb_size(2560, 1280)
    assert opened(made.full).info["progressive"]


@pytest.mark.parametrize("size", [(1, 1), (300, 200), (2560, 10), (9000, 3), (3, 9000), (2561, 2561)])
def test_sizes(size: tuple[int, int]) -> None:
    made = prepare(picture("PNG", size))
    full, thumb = opened(made.full), opened(made.thumb)
    assert full.size == (made.width, made.height)
    assert max(full.size) == min(2560, max(size))
    assert max(thumb.size) == min(480, max(size))
    assert all(abs(a - b) <= 1 for a, b in zip(thumb.size, thumb_size(*full.size), strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_gone(kind: str) -> None:
    sent = phone_photo(kind, **({"comment": b"a remark"} if kind == "JPEG" else {}))
    assert SERIAL.encode() in sent
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    made = prepare(sent)
    for file in (made.full, made.thumb):
        assert not opened(file).getexif()
        assert markers(file) == BARE
        assert not any(word in file for word in (b"Exif", b"Vivo", SERIAL.encode(), b"remark", b"http"))


def test_notes_and_xmp_in_a_png_are_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>")
    notes.add_text("Author", "柳大山", zip=True)
    assert markers(prepare(picture("PNG", pnginfo=notes)).full) == BARE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "sides"),
    [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")],
)
def test_it_stands_upright(kind: str, orientation: int, sides: str) -> None:
    image = opened(prepare(phone_photo(kind, orientation)).full)
    assert image.size == ((64, 48) if orientation < 5 else (48, 64))
    x, y = image.width // 4, image.height // 4
    place = {"left": (x, y), "right": (3 * x, y), "top": (x, y), "bottom": (x, 3 * y)}[sides]
    opposite = (image.width - 1 - place[0], image.height - 1 - place[1])
    assert near(image.getpixel(place), RED), "the red half"
    assert near(image.getpixel(opposite), BLUE), "the blue half"


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_changes_nothing(orientation: int) -> None:
    assert opened(prepare(phone_photo(orientation=orientation)).full).size == (64, 48)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_sound_picture_with_broken_exif_is_taken() -> None:
    sent = picture(exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xfe" * 40)
    assert opened(prepare(sent).full).size == (64, 48)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
@pytest.mark.parametrize("size", [(64, 48), (6000, 60)])
def test_colours_survive(mode: str, size: tuple[int, int]) -> None:
    image = opened(prepare(picture("JPEG" if mode == "CMYK" else "PNG", size, "L" if mode == "I;16" else mode)).full)
    if mode in ("P", "RGB", "RGBA", "CMYK"):
        assert near(image.getpixel((5, 5)), RED)
        assert near(image.getpixel((image.width - 5, image.height - 5)), BLUE)
    assert image.mode == "RGB"


def test_sixteen_bits_of_grey() -> None:
    out = BytesIO()
    Image.new("I;16", (40, 30), 128 << 8).save(out, "PNG")
    assert near(opened(prepare(out.getvalue()).full).getpixel((5, 5)), (128, 128, 128))


@pytest.mark.parametrize("size", [(40, 30), (6000, 30)])
def test_what_is_transparent_turns_white(size: tuple[int, int]) -> None:
    out = BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 0)).save(out, "PNG")
    assert near(opened(prepare(out.getvalue()).full).getpixel((5, 5)), (255, 255, 255))


def test_colours_of_another_profile_are_converted() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_is_blue = srgb.replace(b"rXYZ", b"swap").replace(b"bXYZ", b"rXYZ").replace(b"swap", b"bXYZ")
    image = opened(prepare(picture(icc_profile=red_is_blue)).full)
    assert near(image.getpixel((5, 5)), BLUE)
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_profile_that_does_not_fit_is_passed_over(mode: str) -> None:
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for profile in (xyz, b"no profile at all" * 9):
        assert markers(prepare(picture(mode=mode, icc_profile=profile)).full) == BARE


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    assert near(opened(prepare(out.getvalue()).full).getpixel((5, 5)), RED)


def test_a_phone_file_of_several_pictures_gives_the_first() -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    made = prepare(out.getvalue())
    assert near(opened(made.full).getpixel((5, 5)), RED)
    assert markers(made.full) == BARE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_a_picture_is_left_behind(kind: str) -> None:
    made = prepare(picture(kind) + b"<html><script>alert(1)</script></html>")
    assert markers(made.full) == BARE
    assert b"script" not in made.full + made.thumb


def test_script_in_a_comment_is_left_behind() -> None:
    made = prepare(picture(comment=b"*/=1;alert(document.domain)/*"))
    assert b"alert" not in made.full + made.thumb


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "兼容性最佳"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "兼容性最佳"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "不一定认得"),
        (b"GIF89a/*\x01\0\x01\0\0\0;*/=1;alert(1)//", "动图发不了"),
        (b"BM" + b"\0" * 60, "不一定认得"),
        (b"II*\0" + b"\0" * 60, "不一定认得"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "不一定认得"),
        (b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>", "不是照片"),
        (b"<html><script>alert(1)</script>", "不是照片"),
        (b"PK\x03\x04" + b"\0" * 60, "不是照片"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "不是照片"),
        (b"", "不是照片"),
        (b"\0", "不是照片"),
        (b"\xff\xd8\xff\xe0", "损坏"),
        (b"\x89PNG\r\n\x1a\n", "损坏"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "损坏"),
    ],
)
def test_what_is_no_picture_is_refused_in_plain_words(refusal: Refusal, data: bytes, message: str) -> None:
    assert message in refusal(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_refused(refusal: Refusal, kind: str, part: float) -> None:
    noise = BytesIO()
    Image.effect_noise((200, 150), 80).convert("RGB").save(noise, kind)
    sent = noise.getvalue()
    assert "没有传完整" in refusal(sent[: int(len(sent) * part)])


def test_a_picture_of_other_decoders_is_refused(refusal: Refusal) -> None:
    for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "JPEG2000"):
        assert refusal(picture(kind))


@pytest.mark.parametrize("size", [(20_000, 20_000), (50_001, 1_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_more_than_fifty_megapixels_are_refused(refusal: Refusal, size: tuple[int, int]) -> None:
    assert "五千万像素" in refusal(png_claiming(*size))


def test_more_than_fifteen_megabytes_are_refused(refusal: Refusal) -> None:
    heavy = png_with(chunk(b"prVt", b"\0" * MOST_BYTES))
    assert "15 兆" in refusal(heavy)
    assert opened(prepare(png_with(chunk(b"prVt", b"\0" * 5_000_000))).full).size == (1, 1)


def test_text_that_unpacks_to_gigabytes_is_refused(refusal: Refusal) -> None:
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    assert refusal(png_with(*[chunk(b"zTXt", b"a\0\0" + packed)] * 5))


# In a process of its own: the test run's filters for warnings do not help it, and its peak is nobody else's.
MEASURED = """
import sys
from pathlib import Path
from forum.media import pictures

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024

before = peak()
for path in sys.argv[1:]:
    try:
        pictures.prepare(Path(path).read_bytes())
        said = "taken"
    except pictures.PictureRefused as refusal:
        said = "too many pixels" if refusal.message is pictures.TOO_MANY_PIXELS else "refused"
    print(said, peak() - before, sep=":")
"""


def measured(folder: Path, *files: bytes) -> list[tuple[str, int]]:
    """What was said of each file, and by how many megabytes the peak stood above the start."""
    paths = [folder / str(number) for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    command = [sys.executable, "-c", MEASURED, *map(str, paths)]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return [(said, int(more)) for said, more in (line.split(":") for line in run.stdout.split("\n") if line)]


def test_bombs_take_little_memory(tmp_path: Path) -> None:
    text = chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b"0" * 50_000_000, 9))
    canvas = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3f\0" * 2 + b"\0" * 20
    found = measured(
        tmp_path,
        png_claiming(8_000, 7_000),
        png_claiming(20_000, 20_000),
        png_claiming(2**31 - 1, 2**31 - 1),
        canvas,
        png_with(text, text, text),
        png_with(chunk(b"prVt", b"\0" * MOST_BYTES)),
    )
    assert [said for said, _ in found] == ["too many pixels"] * 4 + ["refused"] * 2
    assert max(more for _, more in found) < 150


def test_a_large_picture_is_held_once(tmp_path: Path) -> None:
    [(said, more)] = measured(tmp_path, picture("PNG", (5300, 3800), "RGBA"))
    assert said == "taken"
    assert more < 200, "20 megapixels take 80 MB"
