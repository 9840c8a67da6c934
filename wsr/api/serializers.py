"""What goes in, checked strictly, and what every answer of the platform itself looks like.

A room derives its input from `Input` and its query parameters from `Query`, with plain DRF fields. Neither accepts a name it does not
know, and `Input` takes no value for one of another JSON type. Bound every text and number: `max_length`, `min_value`, `max_value`.
"""

import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_NUMBER = (int, float)
# JSON types that a field accepts; the first class that fits counts. bool is an int in Python and is refused where it is not asked for.
_TYPES: list[tuple[type[serializers.Field], tuple[type, ...]]] = [
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int,)),
    (serializers.FloatField, _NUMBER),
    (serializers.DecimalField, (str,)),  # a number in JSON is a float to many clients, money is not
    (serializers.ListSerializer, (list,)),
    (serializers.MultipleChoiceField, (list,)),
    (serializers.ListField, (list,)),
    (serializers.DictField, (dict,)),
    (serializers.CharField, (str,)),
    (serializers.ChoiceField, (str,)),
    (serializers.DateTimeField, (str,)),
    (serializers.DateField, (str,)),
    (serializers.TimeField, (str,)),
    (serializers.DurationField, (str,)),
    (serializers.UUIDField, (str,)),
    (serializers.Serializer, (dict,)),
]
_WORDS = {
    bool: _("true or false"),
    int: _("a whole number"),
    float: _("a number"),
    str: _("a text"),
    list: _("a list"),
    dict: _("an object"),
}
# A day is of the years that PostgreSQL, Python and every time zone between them can keep; a moment is of this century.
MOMENT = (
    r"^20\d\d-(0[1-9]|1[0-2])-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)
DAY = r"^(19|20)\d\d-(0[1-9]|1[0-2])-\d\d$"
UUIDS = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_SHAPES: list[tuple[type[serializers.Field], re.Pattern[str], Any]] = [
    (
        serializers.DateTimeField,
        re.compile(MOMENT, re.ASCII),
        _("Write a moment with its zone, as 2026-03-02T09:30:00Z."),
    ),
    (serializers.DateField, re.compile(DAY, re.ASCII), _("Write a date as 2026-03-02.")),
    (serializers.UUIDField, re.compile(UUIDS), _("Write a UUID with its hyphens.")),
]
BIGGEST = 2**63 - 1  # of a whole number that PostgreSQL keeps


class Known(serializers.Serializer):
    """Refuses names it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """As DRF, after the names were checked."""
        if isinstance(data, Mapping):
            unknown = {
                name: [_("There is no such field.")]
                for name in data
                if name not in self.fields or self.fields[name].read_only
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class Input(Known):
    """A body. No value is taken for one of another type: "5" is no number, 5 is no text, 1 is not true."""

    def to_internal_value(self, data: Any) -> Any:
        """As DRF, after names and types were checked."""
        if isinstance(data, Mapping):
            wrong = {
                name: [why]
                for name, field in self.fields.items()
                if name in data and (why := _mistyped(field, data[name]))
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


def _mistyped(field: serializers.Field, value: Any) -> str:
    """What is wrong with the JSON type of a value, or nothing."""
    if value is None:
        return ""  # DRF says whether that may be
    accepted = next((types for kind, types in _TYPES if isinstance(field, kind)), None)
    if accepted is None:
        return ""
    if accepted == (int,) and isinstance(value, float) and value.is_integer():
        value = int(value)  # 5.0 is a whole number in JSON
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        return _("This must be %(kind)s.") % {"kind": _WORDS[accepted[-1]]}
    if isinstance(value, int) and abs(value) > BIGGEST:
        return _("This number is too large.")
    for kind, shape, why in _SHAPES:
        if isinstance(field, kind) and not shape.fullmatch(value):
            return str(why)
    if isinstance(value, list) and getattr(field, "child", None) is not None:
        return next((why for item in value if (why := _mistyped(field.child, item))), "")
    return ""


class Query(Known):
    """Parameters of an address. Each may be given once."""


class Fields(serializers.CharField):
    """The parameter with which a device on a poor line asks for less: `fields=id,state`."""

    def __init__(self, names: Collection[str] = (), **options: Any) -> None:
        """`names`: all that may be asked for."""
        self.names = frozenset(names)
        self.pattern = r"^[a-z0-9_]+(,[a-z0-9_]+)*$"  # for the description
        text = f"Only these fields of each record, separated by commas: {', '.join(names)}."
        super().__init__(max_length=1000, required=False, trim_whitespace=False, help_text=text, **options)

    def to_internal_value(self, data: Any) -> frozenset[str]:
        """The names."""
        wanted = frozenset(super().to_internal_value(data).split(","))
        if unknown := wanted - self.names:
            raise serializers.ValidationError(
                _("There is no field %(name)s.") % {"name": sorted(unknown)[0][:60]}
            )
        return wanted


class Out(serializers.Serializer):
    """A record as it is told. Addresses that read it take `fields=`; `fields` in the context narrows it to those."""

    @property
    def _readable_fields(self) -> Any:
        wanted = self.context.get("fields") if self.is_outermost else None
        return (field for field in super()._readable_fields if wanted is None or field.field_name in wanted)

    @property
    def is_outermost(self) -> bool:
        """Not part of another record."""
        holder = self.parent.parent if isinstance(self.parent, serializers.ListSerializer) else self.parent
        return holder is None


@functools.cache
def fields_query(output: type[Out]) -> type[Query]:
    """The parameter `fields` of an address that tells such records. DRF has a use of its own for that name, so it is added late."""

    def get_fields(self: Query) -> dict[str, serializers.Field]:
        return {**Query.get_fields(self), "fields": Fields(output().fields)}

    return type(f"{output.__name__}FieldsQuery", (Query,), {"get_fields": get_fields})


class ProblemPlace(serializers.Serializer):
    """One thing that is wrong, and where."""

    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body (RFC 6901).")
    parameter = serializers.CharField(required=False, help_text="Name of a query parameter.")
    header = serializers.CharField(required=False, help_text="Name of a header.")


class ProblemOut(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.URLField(help_text="Stable address that names the kind of problem and explains it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField(help_text="Tell it to the operator when you report a problem.")
    errors = ProblemPlace(many=True, required=False)
    current = serializers.JSONField(
        required=False, help_text="With 412: the record as it is now, in the shape of the answer."
    )
