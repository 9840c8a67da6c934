"""The tree against the vectors of RFC 6962/9162 and, by Hypothesis, against its plain recursive definition."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wsr.history import checkpoint, merkle
from wsr.registry.verify import consistency_holds, inclusion_holds

# The eight leaves and the roots that Certificate Transparency implementations test against.
LEAVES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def reference_root(leaves):
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(reference_root(leaves[:k]), reference_root(leaves[k:]))


def grown(size, salt=b""):
    """(leaf hashes, stored nodes, tree) of `size` leaves."""
    leaves = [merkle.leaf_hash(salt + str(index).encode()) for index in range(size)]
    tree, nodes = merkle.CompactRange(), {}
    for leaf in leaves:
        nodes.update({(level, index): value for level, index, value in tree.append(leaf)})
    return leaves, nodes, tree


def reader(nodes):
    return lambda level, index: nodes[level, index]


def test_the_known_roots_of_one_to_eight_leaves():
    tree = merkle.CompactRange()
    found = []
    for leaf in LEAVES:
        tree.append(merkle.leaf_hash(leaf))
        found.append(tree.root().hex())

    assert found == ROOTS
    assert (
        merkle.CompactRange().root().hex()
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_known_consistency_proofs(old, new, proof):
    tree, nodes = merkle.CompactRange(), {}
    for leaf in LEAVES:
        nodes.update({(level, index): value for level, index, value in tree.append(merkle.leaf_hash(leaf))})

    assert [step.hex() for step in merkle.consistency_proof(old, new, reader(nodes))] == proof


@given(st.integers(0, 200))
def test_the_root_is_that_of_the_recursive_definition(size):
    leaves, _nodes, tree = grown(size)

    assert tree.root() == reference_root(leaves)


@given(st.integers(1, 200), st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size, data):
    leaves, nodes, tree = grown(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, reader(nodes))

    assert inclusion_holds(leaves[index], index, size, proof, tree.root())
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else 1
    assert not inclusion_holds(leaves[index], other, size, proof, tree.root())
    assert not inclusion_holds(merkle.leaf_hash(b"else"), index, size, proof, tree.root())
    assert not inclusion_holds(leaves[index], index, size, [*proof, bytes(32)], tree.root())
    if proof:
        assert not inclusion_holds(leaves[index], index, size, proof[:-1], tree.root())
        bent = list(proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        bent[at] = bytes([bent[at][0] ^ 1]) + bent[at][1:]
        assert not inclusion_holds(leaves[index], index, size, bent, tree.root())


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_longer_tree_is_proved_to_begin_with_the_shorter(first, second):
    old, new = sorted((first, second))
    leaves, nodes, tree = grown(new)
    old_root = reference_root(leaves[:old])
    proof = merkle.consistency_proof(old, new, reader(nodes))

    assert consistency_holds(old, new, old_root, tree.root(), proof)
    rewritten = grown(new, salt=b"other")[2].root()
    assert not consistency_holds(old, new, old_root, rewritten, proof)
    assert not consistency_holds(old, new, old_root, tree.root(), [*proof, bytes(32)])
    if old < new:
        assert not consistency_holds(old, new, bytes(32), tree.root(), proof)
        assert not consistency_holds(old, new, old_root, tree.root(), proof[:-1])


@given(st.integers(0, 150), st.integers(0, 50))
def test_a_range_remembered_by_its_peaks_goes_on_as_if_never_stopped(first, more):
    leaves, _nodes, whole = grown(first + more)
    tree = grown(first)[2]
    again = merkle.CompactRange(tree.size, list(tree.peaks))
    for leaf in leaves[first:]:
        again.append(leaf)

    assert (again.size, again.peaks) == (whole.size, whole.peaks)


def test_a_range_with_the_wrong_number_of_peaks_is_refused():
    with pytest.raises(ValueError, match="3 leaves"):
        merkle.CompactRange(3, [bytes(32)])


def test_leaves_and_proofs_out_of_range_are_refused():
    nodes = grown(3)[1]
    with pytest.raises(ValueError, match="no leaf 3"):
        merkle.inclusion_proof(3, 3, reader(nodes))
    with pytest.raises(ValueError, match="no consistency proof"):
        merkle.consistency_proof(4, 3, reader(nodes))


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = checkpoint.Checkpoint(
    "registry.example/registry/fair-food", 8, bytes.fromhex(ROOTS[7]), ("previous abc",)
)


def key_for(name, private=KEY):
    return checkpoint.VerifierKey(name, private.public_key().public_bytes_raw())


def test_a_head_is_a_signed_note_that_its_key_verifies():
    note = checkpoint.sign(HEAD, KEY)
    lines = note.split("\n")

    assert (lines[0], lines[1], lines[3]) == (HEAD.origin, "8", "previous abc")
    assert b64decode(lines[2]).hex() == ROOTS[7]
    assert lines[4] == ""
    assert lines[5].startswith("— registry.example/registry/fair-food ")
    assert checkpoint.verify(note, key_for(HEAD.origin)) == HEAD
    assert checkpoint.parse(note).extension("previous") == "abc"
    assert checkpoint.parse(note).extension("prev") is None


def test_a_verifier_key_survives_its_text_form():
    key = key_for(HEAD.origin)

    assert checkpoint.VerifierKey.parse(str(key)) == key


@given(st.data())
def test_no_single_changed_character_of_a_note_verifies(data):
    note = checkpoint.sign(HEAD, KEY)
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != note[at]))

    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.verify(note[:at] + other + note[at + 1 :], key_for(HEAD.origin))


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (key_for("registry.example/registry/milk"), "the key is for registry.example/registry/milk"),
        (key_for(HEAD.origin, Ed25519PrivateKey.from_private_bytes(bytes(32))), "carries no signature"),
    ],
)
def test_another_log_or_another_key_does_not_verify(key, sentence):
    with pytest.raises(checkpoint.BadCheckpoint, match=sentence):
        checkpoint.verify(checkpoint.sign(HEAD, KEY), key)


@pytest.mark.parametrize(
    "text", ["", "a\n", "a\n1\n\n— a AAAA\n", "a\nx\nAAAA\n\n— a AAAAAAAA\n", "no note at all\n\n"]
)
def test_what_is_not_a_head_is_refused(text):
    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["", "name+key", "name+00000000+AQ==", str(key_for("a")).replace("a+", "b+", 1)]
)
def test_what_is_not_a_key_is_refused(text):
    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.VerifierKey.parse(text)


def test_a_line_break_cannot_be_smuggled_into_a_head():
    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.sign(checkpoint.Checkpoint("a\nb", 0, merkle.EMPTY_ROOT), KEY)


def test_the_unused_bits_of_a_signature_are_not_a_second_spelling():
    note = checkpoint.sign(HEAD, KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = note.rindex("=") - 1
    sibling = letters[letters.index(note[at]) ^ 1]

    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.verify(note[:at] + sibling + note[at + 1 :], key_for(HEAD.origin))
