"""Who may touch the tables of money. Each portal reads and writes its own end and never the other's figures; auditors reach nothing here."""

from agreements.money.enums import (
    DIFFERENCE_MOVES,
    FILE_MOVES,
    INVOICE_MOVES,
    PAYMENT_MOVES,
    DifferenceState,
    FileState,
    PaymentState,
)
from wsr.tenancy.fences import OWN_PARTICIPATION, PROGRAM, fence
from wsr.tenancy.moves import moves


def _own(column: str, also: str = "") -> str:
    return f"program_id = {PROGRAM} AND {column} = {OWN_PARTICIPATION}{also}"


_BY_SIDE = {
    "brand": _own("brand_id", " AND side = 'brand'"),
    "supplier": _own("supplier_id", " AND side = 'supplier'"),
}
_BY_PART = {"brand": _own("brand_id"), "supplier": _own("supplier_id")}
_OWNER = dict.fromkeys(("brand", "supplier"), _own("owner_id"))
_REPORT = "select insert update(ended_at, ended, seen_at)"
_SENT = "select insert update(mapping, defaults, counts, state, applied_at, undone_at)"
_LINES = "select insert delete"
_BOTH = {"brand": "select", "supplier": "select"}
_ANSWER = "select update(state, answered_by_id, answered_at, answer_note, seen_at)"
_EXPLAIN = "select update(state, explained_by_id, explained_at)"

FENCES = [
    fence(
        "agreements.Purchase",
        staff="select insert update",
        engine="select",
        across=["engine"],
        brand=_REPORT,
        supplier=_REPORT,
        only=_BY_SIDE,
    ),
    fence("agreements.PurchaseFile", staff="select insert update", brand=_SENT, supplier=_SENT, only=_OWNER),
    fence(
        "agreements.PurchaseFileRow",
        staff=_LINES,
        brand=_LINES,
        supplier=_LINES,
        only=_OWNER,
    ),
    fence(
        "agreements.Accrual",
        staff="select insert",
        engine="select",
        brand="select",
        only={"brand": _BY_PART["brand"]},
        append_only=True,
    ),
    fence("agreements.InvoiceSeries", staff="select insert update"),
    fence(
        "agreements.Invoice",
        staff="select insert update(state, paid_at)",
        engine="select update(state, paid_at)",
        brand="select",
        only={"brand": _BY_PART["brand"]},
    ),
    fence(
        "agreements.InvoiceLine",
        staff="select insert",
        brand="select",
        only={"brand": _BY_PART["brand"]},
        append_only=True,
    ),
    fence(
        "agreements.Payment",
        staff="select insert update(state, answered_by_id, answered_at, answer_note, seen_at)",
        engine="select",
        across=["engine"],
        brand="select insert",
        supplier=_ANSWER,
        # What goes into escrow or to the program is not for the supplier to confirm.
        only={
            "brand": _BY_PART["brand"],
            "supplier": _own("supplier_id", " AND way <> 'escrow'"),
        },
    ),
    fence(
        "agreements.EscrowAccount",
        staff="select insert update",
        supplier="select",
        only={"supplier": _BY_PART["supplier"]},
    ),
    fence(
        "agreements.EscrowEntry",
        staff="select insert",
        supplier="select",
        only={"supplier": _BY_PART["supplier"]},
        append_only=True,
    ),
    fence(
        "agreements.PayrollReport",
        staff="select insert update(ended_at, ended, seen_at)",
        engine="select",
        across=["engine"],
        supplier=_REPORT,
        only={"supplier": _BY_PART["supplier"]},
    ),
    fence(
        "agreements.Difference",
        staff="select insert update",
        engine="select",
        brand=_EXPLAIN,
        supplier=_EXPLAIN,
        only=_BY_PART,
    ),
    fence(
        "agreements.DifferenceFigure",
        staff="select insert update delete",
        **_BOTH,
        only=dict.fromkeys(_BOTH, _own("reader_id")),
    ),
    fence(
        "agreements.DifferenceNote",
        staff="select insert",
        brand="select insert",
        supplier="select insert",
        only=dict.fromkeys(_BOTH, _own("participation_id")),
        append_only=True,
    ),
    fence(
        "agreements.Support",
        staff="select insert",
        brand="select insert",
        supplier="select insert",
        only=_BY_PART,
        append_only=True,
    ),
    fence(
        "agreements.SupportConfirmation",
        staff="select insert",
        brand="select insert",
        supplier="select insert",
        only=_BY_PART,
        append_only=True,
    ),
]

_EXPLAINS = {DifferenceState.OPEN: {DifferenceState.EXPLAINED}}
_ANSWERS = {PaymentState.CLAIMED: {PaymentState.RECEIVED, PaymentState.NOT_RECEIVED}}
_OWN_FILES = {FileState.READ: FILE_MOVES[FileState.READ], FileState.APPLIED: FILE_MOVES[FileState.APPLIED]}
MOVES = [
    moves("agreements.PurchaseFile", "state", FILE_MOVES, brand=_OWN_FILES, supplier=_OWN_FILES),
    moves("agreements.Invoice", "state", INVOICE_MOVES),
    moves("agreements.Payment", "state", PAYMENT_MOVES, supplier=_ANSWERS),
    moves("agreements.Difference", "state", DIFFERENCE_MOVES, brand=_EXPLAINS, supplier=_EXPLAINS),
]
