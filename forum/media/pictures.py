"""From the bytes somebody sent to a picture that is safe to show: checked, upright, without a word about where it was taken."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageCms, UnidentifiedImageError

from forum.media.refusals import Refused

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONG_SIDE = 2560
THUMB_SIDE = 480
PAPER_SIDE = 900
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82

# A file of a few kilobytes may claim a canvas of gigabytes: Pillow only warns of it unless told to refuse.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# The largest picture takes some hundred megabytes while it is decoded: one at a time, the others of this process wait.
_decoding = BoundedSemaphore(1)

# What EXIF says of how the phone was held → what turns the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112

TOO_HEAVY = _l("这张照片超过 15 兆。请把手机相机的分辨率调低一些再拍，或者截个屏再传。")
TOO_MANY_PIXELS = _l("这张照片超过五千万像素。请把手机相机的分辨率调低一些再拍，或者截个屏再传。")
_BROKEN = _l("这张照片没有传完整，或者已经损坏。请重新选一次，还不行就截个屏再传。")
_HEIC = _l(
    "这是 HEIC 格式的照片，别的手机不一定打得开。苹果手机请在“设置—相机—格式”里选“兼容性最佳”再拍；已经拍好的，截个屏再传。"
)
_GIF = _l("动图发不了。请换成 JPEG 或 PNG 格式的照片，或者截个屏再传。")
_OTHER_PICTURE = _l("这种格式的照片，手机浏览器不一定认得。请换成 JPEG 或 PNG 格式，或者截个屏再传。")
_NO_PICTURE = _l("这个文件不是照片。请换成 JPEG 或 PNG 格式的照片。")


class PictureRefused(Refused):
    """The bytes are not a picture we show."""


@dataclass(frozen=True)
class Prepared:
    """A picture and its thumbnail as JPEG files, with the size of the full one in pixels."""

    full: bytes
    thumb: bytes
    width: int
    height: int


def prepare(data: bytes) -> Prepared:
    """Decode a picture and encode it anew, at most 2560 pixels long, with a thumbnail of at most 480.

    The result is JPEG because every phone and every office program shows it: iPhones below iOS 14 know no WebP, which at equal looks is
    a fifth smaller for four times the work. Progressive, so that a slow line shows something at once.
    Nothing of the original remains but its pixels: transparent parts turn white, of an animation the first frame is kept.
    Takes up to some seconds and some hundred megabytes: never to be called within a transaction. Raises PictureRefused.
    """
    if len(data) > MOST_BYTES:
        raise PictureRefused(TOO_HEAVY)
    with _decoding:
        image = _decode(data)
        full = _encode(image)
        size = image.size
        image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
        return Prepared(full, _encode(image), *size)


def for_paper(full: Path) -> bytes:
    """A kept picture as large as a page shows it and no larger: a report of twelve villages can still be sent on. Raises OSError."""
    with _decoding, Image.open(full, formats=("JPEG",)) as image:
        image.draft(None, (PAPER_SIDE, PAPER_SIDE))
        image.thumbnail((PAPER_SIDE, PAPER_SIDE), Image.Resampling.LANCZOS)
        return _encode(image)


def thumb_size(width: int, height: int) -> tuple[int, int]:
    """The size of a picture's thumbnail, to within a pixel."""
    scale = min(1.0, THUMB_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _decode(data: bytes) -> Image.Image:
    with _refusals(data), Image.open(BytesIO(data), formats=FORMATS) as image:
        orientation, profile = _orientation(image), image.info.get("icc_profile")
        scale = LONG_SIDE / max(image.size)
        # A large JPEG is decoded at a half or a quarter of its size, which takes a fraction of the memory.
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
        image.load()
        small = _small_on_white(image)
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    small = _in_srgb(small, profile)
    small.info = {}  # Pillow would write a comment found there into the new file
    return small


@contextmanager
def _refusals(data: bytes) -> Iterator[None]:
    try:
        yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureRefused(TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise PictureRefused(_why_unknown(data)) from None
    except Exception:
        # Whatever a decoder stumbles over in a stranger's bytes (OSError, SyntaxError, struct.error …): it is no picture.
        raise PictureRefused(_BROKEN) from None


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # the picture itself may be sound though what a camera or program wrote beside it is not
        return 1


def _small_on_white(image: Image.Image) -> Image.Image:
    """Reduce a picture by a whole number to less than twice the wanted size, in a mode that can be made smaller smoothly.

    In bands, so that no second copy of a large picture is held.
    """
    factor = max(1, max(image.size) // LONG_SIDE)
    if factor == 1:
        return _on_white(image)
    width, height = image.size
    small: Image.Image | None = None
    for top in range(0, height, 128 * factor):
        band = _on_white(image.crop((0, top, width, min(top + 128 * factor, height)))).reduce(factor)
        small = small or Image.new(band.mode, (band.width, -(-height // factor)))
        small.paste(band, (0, top // factor))
    assert small is not None
    return small


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        drawn = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit the picture: its numbers are taken for sRGB, as browsers do
    return image.convert("RGB")


def _encode(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def _why_unknown(data: bytes) -> Any:
    """What to say of bytes that none of the three decoders knows."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
        return _HEIC
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _GIF
    if brand in (b"avif", b"avis") or data.startswith((b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"\xff\x0a")):
        return _OTHER_PICTURE
    if b"<svg" in data[:1024].lower():
        return _OTHER_PICTURE
    if data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        return _BROKEN
    return _NO_PICTURE
