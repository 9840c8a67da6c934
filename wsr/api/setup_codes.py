"""The picture that sets up ODK Collect, or KoboCollect, when it is scanned with the app's own "Configure with QR code".

Its content is JSON, packed with zlib, as base64. Source: docs.getodk.org, "Importing and exporting settings".
"""

import json
import zlib
from base64 import b64encode
from io import BytesIO

import segno


def setup_code(address: str, name: str, password: str, project: str) -> str:
    """A QR code as data for an image, with address, user name, password and what the app shall call the project."""
    picture = BytesIO()
    segno.make(content(address, name, password, project), error="m", micro=False).save(
        picture, kind="svg", scale=4, border=4, dark="#000000", light="#ffffff", xmldecl=False
    )
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"


def content(address: str, name: str, password: str, project: str) -> bytes:
    """What the picture says."""
    said = {
        "general": {"server_url": address, "username": name, "password": password},
        "project": {"name": project},
        "admin": {},
    }
    return b64encode(zlib.compress(json.dumps(said).encode(), 9))
