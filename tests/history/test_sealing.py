import base64
import threading

import pytest
from django.db import connections, transaction

from tests import factories
from wsr.history import checkpoint, merkle, proofs, sealing, signing
from wsr.history.models import Head, Leaf, Node
from wsr.history.operations import record
from wsr.history.tree import log_name
from wsr.history.verification import verify
from wsr.registry.verify import inclusion_holds
from wsr.tenancy import engine_scope, program_scope


def _places(program):
    with engine_scope(program.pk):
        return dict(Leaf.objects.values_list("id", "position"))


def test_events_become_leaves_in_order_under_a_signed_head(garment, write, seal, at):
    ids = write(garment, 3) + write(garment, 2)
    assert seal() == 5
    assert _places(garment) == {event: position for position, event in enumerate(ids)}
    with engine_scope(garment.pk):
        head = proofs.latest_head(garment.pk)
        leaves = [
            bytes(h) for h in Node.objects.filter(level=0).order_by("position").values_list("hash", flat=True)
        ]
    stated = checkpoint.verify(head.note, signing.verifier_key(log_name(garment.pk)))
    tree = merkle.CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    assert (stated.size, stated.root) == (5, tree.root())
    assert stated.extension("time") == "2026-03-02T09:30:00Z"


def test_sealing_twice_adds_nothing(garment, write, seal):
    write(garment, 3)
    assert [seal(), seal()] == [3, 0]
    with engine_scope(garment.pk):
        assert Head.objects.count() == 1


def test_each_program_has_a_tree_of_its_own(garment, write, seal, at):
    farms = factories.program("farms")
    for program in (garment, farms, garment, farms, farms):
        write(program)
    assert seal(batch=2) == 5
    assert sorted(_places(garment).values()) == [0, 1]
    assert sorted(_places(farms).values()) == [0, 1, 2]
    assert [verify(program.pk, at=at).problem for program in (garment, farms)] == ["", ""]


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_batches_of_any_size_leave_nothing_out(garment, write, seal, at, batch):
    ids = write(garment, 5) + write(garment, 12)
    assert seal(batch=batch) == 17
    assert set(_places(garment)) == set(ids)
    assert verify(garment.pk, at=at).problem == ""


def test_a_transaction_that_ends_late_is_not_left_out(garment, write, seal, at):
    """Its id is lower than that of events sealed meanwhile; those do not wait for it."""
    with connections["owner"].cursor() as slow, transaction.atomic(using="owner"):
        slow.execute("SELECT pg_current_xact_id()")
        ids = write(garment, 2)
        late = _insert_as_owner(slow, garment, at)
        assert seal() == 2
        assert set(_places(garment)) == set(ids)
    write(garment)
    assert seal() == 2
    assert _places(garment)[late] in (2, 3)
    assert verify(garment.pk, at=at).problem == ""


def _insert_as_owner(cursor, program, at):
    cursor.execute(
        """
        WITH e AS (
          INSERT INTO history_event (program_id, at, event, subject_type, commitment)
          VALUES (%s, %s, 'code.published', '', sha256('salt' || 'text'::bytea)) RETURNING id, program_id)
        INSERT INTO history_payload (id, program_id, salt, body) SELECT id, program_id, 'salt', 'text' FROM e RETURNING id
        """,
        [program.pk, at],
    )
    return cursor.fetchone()[0]


@pytest.mark.parametrize("sign", ["below", "cluster"])
def test_after_a_restore_into_another_cluster_nothing_is_missed(garment, write, seal, sign):
    """There transaction ids are lower than the mark."""
    write(garment, 3)
    seal()
    unsealed_before = write(garment, 2)
    with engine_scope(), connections["engine"].cursor() as cursor:
        if sign == "below":
            cursor.execute("UPDATE history_sealer SET below = '9000000000'::xid8")
        else:  # the new cluster's ids have grown past the mark meanwhile
            cursor.execute(
                "UPDATE history_sealer SET cluster = 1, below = (pg_current_xact_id()::text::bigint + 1)::text::xid8"
            )
    new = write(garment, 2)
    assert seal(batch=2) == 4
    assert set(unsealed_before + new) <= set(_places(garment))
    write(garment)
    assert seal() == 1


def test_old_events_with_higher_transaction_ids_are_not_read_again(garment, write, seal, tamper):
    """After a restore, until the new cluster has caught up."""
    write(garment, 2)
    seal()
    tamper(
        "UPDATE history_event SET transaction = '9000000000'::xid8",
        "UPDATE history_sealer SET below = '9000000001'::xid8",
    )
    assert seal() == 0
    with engine_scope():
        window = sealing._window(connections["engine"].cursor())
        assert (
            sealing._unsealed(connections["engine"].cursor(), window, (window.below, sealing.NIL), 10) == []
        )
        assert window.ceiling < 9000000000


def test_two_sealers_do_not_disturb_each_other(garment, write, seal, at):
    write(garment, 40)
    sealed = []

    def run():
        sealed.append(sealing.seal(at=at, batch=3))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) + seal() == 40
    assert sorted(_places(garment).values()) == list(range(40))
    assert verify(garment.pk, at=at).problem == ""


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM history_head WHERE size = 4",
        "DELETE FROM history_leaf WHERE position = 3",
        "DELETE FROM history_node WHERE level = 2",
        "UPDATE history_node SET hash = sha256('x') WHERE level = 2",
        "UPDATE history_head SET note = replace(note, '4', '5')",
    ],
)
def test_a_damaged_tree_is_not_signed_and_the_others_are(garment, write, seal, tamper, caplog, harm):
    write(garment, 4)
    seal()
    tamper(harm)
    farms = factories.program("farms")
    write(garment)
    write(farms)
    assert seal() == 1
    assert len(_places(farms)) == 1
    assert "is not sealed" in caplog.text
    assert str(garment.pk) in caplog.text


def test_a_rolled_back_act_leaves_no_history(garment, write, seal, at):
    with program_scope(garment.pk):
        record("code.published", ("programs.code", None), by=None, at=at)
        transaction.set_rollback(True)
    assert seal() == 0


def test_an_event_is_proven_by_its_file_alone(garment, write, seal):
    ids = write(garment, 3)
    seal()
    ids += write(garment, 4)
    seal()
    for position, event in enumerate(ids):
        with program_scope(garment.pk):
            proof = proofs.inclusion(event)
        top, _, note = proof.partition("\n\n")
        name, extra, index, *hashes = top.split("\n")
        head = checkpoint.verify(note, signing.verifier_key(log_name(garment.pk)))
        entry = _decode(extra.removeprefix("extra "))
        assert (name, index) == ("c2sp.org/tlog-proof@v1", f"index {position}")
        assert entry.startswith(str(event).encode())
        assert inclusion_holds(
            merkle.leaf_hash(entry), position, head.size, [_decode(text) for text in hashes], head.root
        )


def test_an_unsealed_event_has_no_proof(garment, write):
    (event,) = write(garment)
    with program_scope(garment.pk), pytest.raises(Leaf.DoesNotExist):
        proofs.inclusion(event)


def _decode(text):
    return base64.b64decode(text, validate=True)
