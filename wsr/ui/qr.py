"""QR codes for what is printed."""

from base64 import b64encode
from io import BytesIO

import segno


def as_image(address: str) -> str:
    """A QR code of an address, as data for an image."""
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=4, border=1, dark="#1c1b22", xmldecl=False
    )
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"
