import datetime as dt

import pytest
from django.utils import timezone

from tests import factories
from tests.conftest import run_manage
from wsr.history import proofs
from wsr.history.models import Leaf
from wsr.history.tree import CHUNK
from wsr.history.verification import verify, verify_each
from wsr.tenancy import engine_scope

ALTERED = "the event is not what was sealed here; it was altered or added afterwards."


@pytest.fixture
def sealed(garment, write, seal):
    """Ten entries under three heads: 4, 6 and 10."""
    for count in (4, 2, 4):
        write(garment, count)
        seal()
    return garment


def problem(program, **fields):
    return verify(program.pk, at=timezone.now(), **fields).problem


def event_at(program, position):
    with engine_scope(program.pk):
        return Leaf.objects.get(position=position).pk


def _of(position, column="id"):
    return f"{column} = (SELECT id FROM history_leaf WHERE position = {position})"


def test_an_untouched_history_is_as_it_was_sealed(sealed):
    report = verify(sealed.pk, at=timezone.now())
    assert (report.entries, report.heads, report.problem) == (10, 3, "")


def test_a_history_without_events_is_well(garment):
    assert problem(garment) == ""


@pytest.mark.parametrize(
    ("position", "statements", "fault"),
    [
        (3, [f"UPDATE history_event SET event = 'other' WHERE {_of(3)}"], ALTERED),
        (3, [f"UPDATE history_event SET at = at + interval '1 microsecond' WHERE {_of(3)}"], ALTERED),
        (0, [f"UPDATE history_event SET actor_id = gen_random_uuid() WHERE {_of(0)}"], ALTERED),
        (9, [f"UPDATE history_event SET subject_id = gen_random_uuid() WHERE {_of(9)}"], ALTERED),
        (5, [f"UPDATE history_event SET transaction = '1'::xid8 WHERE {_of(5)}"], ALTERED),
        (5, [f"UPDATE history_event SET commitment = sha256('x') WHERE {_of(5)}"], ALTERED),
        (4, [f"DELETE FROM history_event WHERE {_of(4)}"], "the event was removed."),
        (0, ["TRUNCATE history_event"], "the event was removed."),
        (
            2,
            [f"UPDATE history_payload SET body = replace(body, 'No.', 'Nr.') WHERE {_of(2)}"],
            "its payload was altered.",
        ),
        (
            2,
            [f"UPDATE history_payload SET body = E'{{}}\\n{{}}\\t' WHERE {_of(2)}"],
            "its payload was altered.",
        ),
        (2, [f"UPDATE history_payload SET salt = 'x' WHERE {_of(2)}"], "its payload was altered."),
        (
            2,
            [f"DELETE FROM history_payload WHERE {_of(2)}"],
            "its payload is gone, and no erasure is on record.",
        ),
        (0, ["TRUNCATE history_payload"], "its payload is gone, and no erasure is on record."),
        (
            7,
            ["UPDATE history_node SET hash = sha256('x') WHERE level = 0 AND position = 7"],
            "the stored hash was altered; the event is as it was signed.",
        ),
        (
            2,
            [
                "UPDATE history_leaf SET position = -1 WHERE position = 2",
                "UPDATE history_leaf SET position = 2 WHERE position = 7",
                "UPDATE history_leaf SET position = 7 WHERE position = -1",
            ],
            "this entry was sealed at position 7; the order was changed or an entry removed.",
        ),
        (
            2,  # the gap is closed
            [
                f"DELETE FROM history_event WHERE {_of(2)}",
                f"DELETE FROM history_payload WHERE {_of(2)}",
                "DELETE FROM history_leaf WHERE position = 2",
                "UPDATE history_leaf SET position = -position WHERE position > 2",
                "UPDATE history_leaf SET position = -position - 1 WHERE position < 0",
            ],
            "this entry was sealed at position 3; the order was changed or an entry removed.",
        ),
    ],
)
def test_the_first_wrong_row_is_named(sealed, tamper, position, statements, fault):
    tamper(*statements)
    assert problem(sealed) == f"Position {position}, event {event_at(sealed, position)}: {fault}"


def test_of_several_wrong_rows_the_first_is_named(sealed, tamper):
    tamper(
        f"UPDATE history_event SET event = 'x' WHERE {_of(8)}", f"DELETE FROM history_payload WHERE {_of(1)}"
    )
    assert problem(sealed).startswith("Position 1, ")


def test_a_removed_entry_is_named_by_its_position(sealed, tamper):
    tamper(f"DELETE FROM history_event WHERE {_of(4)}", "DELETE FROM history_leaf WHERE position = 4")
    assert problem(sealed) == "Position 4: the entry was removed."


@pytest.mark.parametrize("table", ["history_leaf", "history_node"])
def test_emptied_tables_are_noticed(sealed, tamper, table):
    tamper(f"TRUNCATE {table}")
    assert problem(sealed).startswith("Position 0")


def test_emptied_heads_are_noticed(sealed, tamper):
    event = event_at(sealed, 0)
    tamper("TRUNCATE history_head")
    assert problem(sealed) == f"Position 0, event {event}: no signed head covers this entry."


def test_a_removed_last_head_is_noticed(sealed, tamper):
    event = event_at(sealed, 6)
    tamper("DELETE FROM history_head WHERE size = 10")
    assert problem(sealed) == f"Position 6, event {event}: no signed head covers this entry."


def test_an_added_entry_is_noticed(sealed, tamper):
    tamper(
        """
        WITH e AS (INSERT INTO history_event (program_id, at, event, subject_type, commitment)
                   SELECT program_id, at, 'forged', '', commitment FROM history_event LIMIT 1 RETURNING id, program_id)
        INSERT INTO history_leaf (id, program_id, position) SELECT id, program_id, 10 FROM e
        """
    )
    assert problem(sealed) == f"Position 10, event {event_at(sealed, 10)}: no signed head covers this entry."


def test_stored_hashes_made_to_fit_do_not_help(sealed, tamper):
    """The event, its leaf hash and all hashes above it are rewritten; only the signature cannot be."""
    tamper(f"UPDATE history_event SET event = 'other' WHERE {_of(5)}")
    _rebuild_nodes(sealed, tamper)
    assert problem(sealed) == (
        "Position 4: from here to position 5 the entries are not those that the signed head at 6 entries covers, "
        "and their stored hashes were made to fit."
    )


def _rebuild_nodes(program, tamper):
    from django.db import connections

    from wsr.history.merkle import CompactRange, leaf_hash
    from wsr.history.tree import LEAF

    tree = CompactRange()
    with engine_scope(program.pk), connections["engine"].cursor() as cursor:
        cursor.execute(
            f"SELECT {LEAF} FROM history_event e JOIN history_leaf l USING (id) ORDER BY l.position"
        )
        nodes = [node for (text,) in cursor.fetchall() for node in tree.append(leaf_hash(text.encode()))]
    tamper(
        *(
            f"UPDATE history_node SET hash = decode('{found.hex()}', 'hex') WHERE level = {level} AND position = {position}"
            for level, position, found in nodes
        )
    )


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("UPDATE history_head SET note = replace(note, E'\\n6\\n', E'\\n5\\n') WHERE size = 6", "The signed head at 6 entries is not valid: The signature does not belong to this head."),
        ("UPDATE history_head SET size = 5 WHERE size = 6", "The columns of the head at 5 entries are not what its signed note says."),
        ("UPDATE history_head SET root = sha256('x') WHERE size = 6", "The columns of the head at 6 entries are not what its signed note says."),
        ("UPDATE history_head SET signed_at = now() WHERE size = 6", "The columns of the head at 6 entries are not what its signed note says."),
        ("UPDATE history_head SET note = 'x' WHERE size = 6", "The signed head at 6 entries is not valid: The head is not a signed note."),
    ],
)  # fmt: skip
def test_an_altered_head_is_named(sealed, tamper, harm, sentence):
    tamper(harm)
    assert problem(sealed) == sentence


def test_a_head_of_another_program_does_not_pass(sealed, write, seal, tamper):
    farms = factories.program("farms")
    write(farms, 6)
    seal()
    tamper(
        f"UPDATE history_head SET (root, note) = (SELECT root, note FROM history_head WHERE program_id = '{farms.pk}') "
        f"WHERE size = 6 AND program_id = '{sealed.pk}'"
    )
    assert "not of this program's history" in problem(sealed)
    assert problem(farms) == ""


def test_a_rolled_back_history_is_found_out_by_a_kept_head(sealed, tamper):
    with engine_scope(sealed.pk):
        kept = proofs.latest_head(sealed.pk).note
    assert problem(sealed, kept=kept) == ""
    last_six = "SELECT id FROM history_leaf WHERE position >= 6"
    tamper(
        f"DELETE FROM history_event WHERE id IN ({last_six})",
        f"DELETE FROM history_payload WHERE id IN ({last_six})",
        "DELETE FROM history_leaf WHERE position >= 6",
        "DELETE FROM history_head WHERE size > 6",
        "DELETE FROM history_node WHERE (position + 1) << level > 6",
    )
    assert problem(sealed) == ""
    assert problem(sealed, kept=kept) == "Position 6: the entry was removed."


def test_a_history_emptied_completely_is_found_out_by_a_kept_head(sealed, tamper):
    with engine_scope(sealed.pk):
        kept = proofs.latest_head(sealed.pk).note
    tamper(*(f"TRUNCATE history_{table}" for table in ("event", "payload", "leaf", "node", "head")))
    assert problem(sealed, kept=kept) == "Position 0: the entry was removed."


def test_a_kept_head_of_another_history_is_refused(sealed, write, seal):
    farms = factories.program("farms")
    write(farms)
    seal()
    with engine_scope(farms.pk):
        kept = proofs.latest_head(farms.pk).note
    assert problem(sealed, kept=kept).startswith("The head you kept cannot be used:")


def test_an_event_that_stays_unsealed_is_named(sealed, write):
    (event,) = write(sealed)
    assert problem(sealed) == ""
    later = verify(sealed.pk, at=timezone.now() + dt.timedelta(minutes=6))
    assert later.problem.startswith(f"Event {event} is not sealed although it is older than five minutes")


def test_more_than_one_chunk(garment, write, seal, tamper):
    """Stored hashes above the chunks are checked too, and positions stay right."""
    write(garment, 2 * CHUNK + 300)
    seal(batch=CHUNK - 100)
    assert problem(garment) == ""
    tamper("UPDATE history_node SET hash = sha256('x') WHERE level = 11")
    assert (
        problem(garment) == "The stored hash at level 11, position 0 is not what the entries below it give."
    )
    tamper(f"DELETE FROM history_payload WHERE {_of(CHUNK + 5)}")
    assert problem(garment).startswith(f"Position {CHUNK + 5}, ")
    tamper("UPDATE history_node SET hash = sha256('x') WHERE level = 3 AND position = 1")
    assert problem(garment) == "Between positions 0 and 1023 a stored hash above the entries was altered."


def test_many_histories_in_one_pass_each_get_their_own_report(sealed, write, seal, tamper):
    farms, dairies, empty = (factories.program(slug) for slug in ("farms", "dairies", "empty"))
    for program in (farms, dairies):
        write(program, 3)
    seal()
    tamper(
        f"UPDATE history_event SET event = 'other' WHERE id = '{event_at(farms, 1)}'",
        f"DELETE FROM history_payload WHERE id = '{event_at(dairies, 2)}'",
    )
    programs = [empty.pk, farms.pk, sealed.pk, dairies.pk]
    reports = dict(verify_each(programs, at=timezone.now()))
    assert list(reports) == programs
    assert [reports[one].problem.partition(", ")[0] for one in programs] == [
        "",
        "Position 1",
        "",
        "Position 2",
    ]
    assert [reports[one].entries for one in programs] == [0, 3, 10, 3]
    assert list(verify_each([sealed.pk], at=timezone.now())) == [(sealed.pk, reports[sealed.pk])]


def test_the_command_names_the_row_and_ends_with_1(sealed, tamper, tmp_path):
    kept = tmp_path / "head.txt"
    done = run_manage("verify_history", "garment", "--keep", str(kept))
    assert done.stdout == "garment: 10 entries under 3 signed heads are as they were sealed.\n"
    assert run_manage("verify_history", "garment", "--against", str(kept)).returncode == 0
    tamper(f"UPDATE history_event SET event = 'other' WHERE {_of(3)}")
    failed = run_manage("verify_history", check=False)
    assert failed.returncode == 1
    assert failed.stdout == f"garment: Position 3, event {event_at(sealed, 3)}: {ALTERED}\n"


def test_the_command_seals_at_once(garment, write):
    write(garment, 3)
    assert run_manage("seal_history").stdout == "3 events sealed.\n"
    assert (
        run_manage("verify_history", "nowhere", check=False).stderr
        == "CommandError: There is no program nowhere.\n"
    )
