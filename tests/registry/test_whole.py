"""Whole files that go on from the file before are the same to the byte as files made anew."""

import hashlib
import random

import pytest

from wsr.registry.whole import WholeFile

SHARDS = [f"r/{letter}/checksums" for letter in "ABCDEFG"]


def write(path, ending, shards, before=None, changed=None):
    """The file, its hash and its lengths. `shards`: {shard: rows}; `changed`: those that are not copied."""
    with WholeFile(path, "farm", ending, ["name"], before) as file:
        for name in sorted(shards):
            file.add(name, shards[name] if changed is None or name in changed else None)
        digest = file.finish()
    return path.read_bytes(), digest, file.lengths


def rows(chance):
    """Of one shard: mostly a few of this kind, sometimes none, sometimes of another kind only."""
    texts = [f'{{"name":"{chance.randrange(10**6)},\\n"}}' for _row in range(chance.choice([0, 1, 1, 3]))]
    made = {f"{number}{chance.random()}": text for number, text in enumerate(texts)}
    of_kind = {key: {"csv": f'"{text}"\n', "json": f"{text},\n"} for key, text in made.items()}
    return chance.choice(
        [{"farm": of_kind}, {"farm": of_kind, "brand": {"x": {"csv": "x\n", "json": "x,\n"}}}, {}]
    )


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize("seed", range(20))
def test_files_that_go_on_equal_files_made_anew(tmp_path, ending, seed):
    chance = random.Random(seed)
    shards = {name: rows(chance) for name in chance.sample(SHARDS, 4)}
    data, _digest, lengths = write(tmp_path / "1", ending, shards)
    for number in range(2, 9):
        changed = {name: rows(chance) for name in chance.sample(SHARDS, chance.randrange(4))}
        shards |= changed
        before = (tmp_path / str(number - 1), lengths)
        data, digest, lengths = write(tmp_path / str(number), ending, shards, before, changed)
        assert (data, digest, lengths) == write(tmp_path / "anew", ending, shards)
        assert digest == hashlib.sha256(data).hexdigest()


def test_a_file_before_that_was_cut_short_is_an_error(tmp_path):
    shards = {name: {"farm": {"1": {"json": f'"{name}",\n'}}} for name in SHARDS}
    _data, _digest, lengths = write(tmp_path / "1", "json", shards)
    (tmp_path / "1").write_bytes(b"[\n")
    with pytest.raises(EOFError, match="shorter than it was written"):
        write(tmp_path / "2", "json", shards, (tmp_path / "1", lengths), changed=())
