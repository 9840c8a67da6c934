"""Photos: decoded and encoded anew, so that nothing but the picture is left; turned as the camera was held."""

import io
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms

from wsr.files.cleaning.refusals import Refused

_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_QUALITY = 92
_GPS = ExifTags.GPS
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def clean(kind: str, source: Path, target: Path, limits: dict[str, int]) -> tuple[str, dict[str, object]]:
    """Write the picture alone and return where and when the device says it was taken.

    The size in pixels is read from the header and refused before anything is decoded. Of a file with several pictures, such as
    those of phones with a depth map, the first is kept; an animation is refused. Raises Refused.
    """
    with _opened(kind, source, limits["pixels"]) as picture:
        place = _place(picture)
        _encoded(picture, kind).save(target, _FORMATS[kind], **_options(kind))
    return kind, place


def without_metadata(kind: str, content: bytes, limits: dict[str, int]) -> bytes:
    """The same for a picture inside a document. Raises Refused."""
    with _opened(kind, io.BytesIO(content), limits["pixels"]) as picture:
        written = io.BytesIO()
        _encoded(picture, kind).save(written, _FORMATS[kind], **_options(kind))
    return written.getvalue()


def _opened(kind: str, source: Path | io.BytesIO, most: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # looked at here, before decoding, for every picture alike
    warnings.simplefilter("ignore")  # broken metadata is thrown away, not repaired
    try:
        picture = Image.open(source, formats=[_FORMATS[kind]])
    except Exception as error:
        raise Refused("broken_image") from error
    if picture.width * picture.height > most or max(picture.size) > 65_500:
        raise Refused("too_many_pixels", millions=most // 1_000_000)
    if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
        raise Refused("animation")
    return picture


def _encoded(picture: Image.Image, kind: str) -> Image.Image:
    """A picture that carries nothing of the file it came from: no profile, no comment, no second picture."""
    try:
        picture.load()
        mode = _mode(picture, kind)
        plain = _in_standard_colors(picture, mode)
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
        turned = plain.transpose(turn) if turn is not None else plain.copy()
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("broken_image") from error
    turned.info = {}
    turned.getexif().clear()
    return turned


def _mode(picture: Image.Image, kind: str) -> str:
    if picture.mode in {"1", "L", "I", "I;16", "I;16B", "I;16L", "F"}:
        return "L"
    has_alpha = kind != "jpeg" and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
    return "RGBA" if has_alpha else "RGB"


def _in_standard_colors(picture: Image.Image, mode: str) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits of gray: scaled, not cut off
        picture = picture.convert("F").point(lambda value: value / 257)
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK"} and mode == "RGB":
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a broken profile is thrown away with the rest
        if converted is not None:
            return converted
    return picture if picture.mode == mode else picture.convert(mode)


def _options(kind: str) -> dict[str, object]:
    return {"png": {"optimize": False}, "webp": {"quality": _QUALITY, "method": 3}}.get(
        kind, {"quality": _QUALITY}
    )


def _place(picture: Image.Image) -> dict[str, object]:
    """{latitude, longitude, taken_at, metadata} as far as the device says; anything unreadable is left out."""
    try:
        exif = picture.getexif()
        found: dict[str, object] = {**_position(exif.get_ifd(ExifTags.IFD.GPSInfo))}
        taken_at, has_zone = _taken_at(exif)
        if taken_at:
            found["taken_at"] = taken_at
            if not has_zone:
                found.setdefault("metadata", {})["time_zone"] = "not given"
        device = " ".join(
            str(exif.get(tag, "")).strip("\0 ") for tag in (ExifTags.Base.Make, ExifTags.Base.Model)
        )
        if found and device.strip():
            found.setdefault("metadata", {})["device"] = device.strip()[:200]
    except Exception:  # whatever is wrong with the metadata, the picture counts
        return {}
    return found


def _position(gps: dict[int, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, degrees, side, negative, most in (
        ("latitude", _GPS.GPSLatitude, _GPS.GPSLatitudeRef, "S", 90),
        ("longitude", _GPS.GPSLongitude, _GPS.GPSLongitudeRef, "W", 180),
    ):
        try:
            whole, minutes, seconds = (float(part) for part in gps[degrees])
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return {}
        value = whole + minutes / 60 + seconds / 3600
        if not 0 <= value <= most:  # not a number is refused here as well
            return {}
        found[name] = f"{-value if str(gps.get(side, '')).startswith(negative) else value:.6f}"
    extra = {
        "altitude_m": gps.get(_GPS.GPSAltitude),
        "accuracy_m": gps.get(_GPS.GPSHPositioningError),
        "direction_deg": gps.get(_GPS.GPSImgDirection),
    }
    kept = {
        key: round(float(value), 2)
        for key, value in extra.items()
        if value is not None and float(value) == float(value)
    }
    return found | ({"metadata": kept} if kept else {})


def _taken_at(exif: Image.Exif) -> tuple[str, bool]:
    """(ISO time, whether the device named its zone); without one the time is read as UTC. Empty where it says no time."""
    more = exif.get_ifd(ExifTags.IFD.Exif)
    said = str(more.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(more.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        return datetime.strptime(f"{said} {offset}", "%Y:%m:%d %H:%M:%S %z").isoformat(), True
    except ValueError:
        pass
    try:
        return datetime.strptime(said, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC).isoformat(), False
    except ValueError:
        return "", False
