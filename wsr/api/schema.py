"""The description: OpenAPI 3.1, made from what each address declares."""

from drf_spectacular.openapi import AutoSchema


class Describe(AutoSchema):
    """Reads `Endpoint` where drf-spectacular would guess."""
