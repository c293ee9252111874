"""From files to a generation: what is reported, what is encoded again and what is told meanwhile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import archives
import numpy as np
import pytest
from archives import config

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import EncoderInfo, TokenStates, Vectors
from index.errors import StoreError
from index.opened import OpenIndex
from index.operations import encode
from index.operations.build import rebuild, rebuild_from
from index.operations.verify import verify
from index.passages import PassageParams, passage_text
from index.store.manifest import current, current_token, generation_names, read_status


class Counting(HashEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self, name: str = "test-hash-64") -> None:
        self.name = name
        self.passages: list[str] = []

    @property
    def info(self) -> EncoderInfo:
        return replace(super().info, id=self.name)

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        self.passages += texts
        return super().encode_with_states(texts, visit)


FLOOD = "سیلابی پانی شہر میں داخل\n\nدریا کا پشتہ ٹوٹنے سے پانی شہر کی نشیبی آبادیوں میں داخل ہو گیا۔ امدادی ٹیمیں روانہ کر دی گئیں۔\n"
WHEAT = "Wheat reaches the market\n\nThe first wheat of the season reached the market on Monday. Growers asked for a better price.\n"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom's folder: four articles, of which two are the same, and what is none; its index."""
    root = tmp_path_factory.mktemp("newsroom") / "خبریں"
    (root / "en").mkdir(parents=True)
    (root / "flood.txt").write_text(FLOOD, "utf-8")
    (root / "flood-copy.txt").write_text(FLOOD, "utf-8")
    (root / "en" / "wheat.txt").write_text(WHEAT, "utf-8")
    records = [
        {
            "id": "moon",
            "title": "چاند گرہن",
            "body": "کراچی میں لوگوں نے چھتوں سے چاند گرہن دیکھا۔",
        },
        {"title": "", "body": ""},
    ]
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    (root / "more.jsonl").write_text(lines + "\n{broken\n", "utf-8")
    (root / "photo.txt").write_bytes(bytes(range(256)) * 40)
    (root / "README.md").write_text("# About", "utf-8")
    (root / "picture.jpg").write_bytes(b"\xff\xd8")
    rebuild([root], config(root.with_name("data")))
    return root


@pytest.fixture
def folder(newsroom: Path, tmp_path: Path) -> Path:
    """A copy of the folder, which a test may change."""
    return Path(shutil.copytree(newsroom, tmp_path / newsroom.name))


@pytest.fixture
def data(newsroom: Path, tmp_path: Path) -> Path:
    """A copy of its index."""
    return Path(shutil.copytree(newsroom.with_name("data"), tmp_path / "data"))


def rows(data: Path) -> np.ndarray:
    with_index = OpenIndex.open_current(data)
    found = with_index.vectors.vectors(np.arange(with_index.vectors.count))
    with_index.close()
    return found


def answers(data: Path) -> list[str]:
    """What the index answers to a few questions: the ids, in order."""
    from search.models import SearchRequest

    engine = archives.open_engine(data)
    found = [
        hit.id
        for query in ("پانی شہر", "wheat market", "چاند")
        for hit in engine.search(SearchRequest(query)).hits
    ]
    engine.close()
    return found


def test_the_report_tells_what_became_of_every_file(folder: Path, tmp_path: Path) -> None:
    report = rebuild([folder], config(tmp_path / "data"))
    assert (report.documents, report.copies) == (4, 1)
    names = {(Path(each.path).name, each.record) for each in report.skipped}
    assert names == {
        ("more.jsonl", 2),
        ("more.jsonl", 3),
        ("photo.txt", 0),
        ("README.md", 0),
        ("picture.jpg", 0),
    }
    assert all(each.reason and each.code.startswith("input-") for each in report.skipped)
    assert report.passages - 3 == report.encoded > 6, "a copy's three passages are encoded once"
    assert report.reused == 0
    status = read_status(tmp_path / "data")
    assert (status.generation, status.documents) == (report.generation, 4)
    assert (status.passages, dict(status.languages)) == (report.passages, {"en": 1, "ur": 3})
    saved = json.loads(json.dumps(asdict(report), ensure_ascii=False))
    assert saved["skipped"][0].keys() == {"path", "reason", "code", "record"}
    assert saved["documents"] == 4


def test_an_exact_copy_is_an_article_of_its_own(data: Path) -> None:
    index = OpenIndex.open_current(data)
    docids = [index.catalogue.docid_of(name) for name in ("flood-copy.txt", "flood.txt")]
    assert None not in docids
    assert len(set(docids)) == 2
    assert index.manifest.counts.copies == 1
    assert index.manifest.counts.documents == index.keyword.document_count == 4
    index.close()


def test_an_id_given_twice_is_reported_and_the_first_stays(tmp_path: Path) -> None:
    first = Document("a", "بارش", "لاہور میں بارش ہوئی۔")
    twin = replace(first, id="b")
    other = Document("a", "گندم", "منڈی میں گندم مہنگی ہوئی۔")
    after_copy = Document("b", "کرکٹ", "ملتان نے فائنل جیت لیا۔")
    report = archives.build([first, twin, other, after_copy], tmp_path / "data")
    assert (report.documents, report.copies) == (2, 1)
    assert [(each.path, each.code) for each in report.skipped] == [
        ("a", "duplicate-id"),
        ("b", "duplicate-id"),
    ]
    index = OpenIndex.open_current(tmp_path / "data")
    assert index.catalogue.document(0).title == "بارش"


def test_every_vector_is_that_of_its_passage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches mix documents and end inside them; the row of a pid is that pid's text all the same."""
    monkeypatch.setattr(encode, "BATCH", 7)
    archives.build(archives.articles(25), tmp_path / "data")
    index = OpenIndex.open_current(tmp_path / "data")
    texts = {
        pid: passage_text(document, passage)
        for docid, document in index.catalogue.iter_documents()
        for pid, passage in index.catalogue.passages(docid)
    }
    assert list(texts) == list(range(len(texts)))
    wanted = HashEncoder().encode_passages(list(texts.values())).astype(np.float16)
    np.testing.assert_array_equal(rows(tmp_path / "data"), wanted.astype(np.float32))


@pytest.mark.parametrize("batch", [2_048, 3, 1])
def test_a_text_that_comes_twice_is_encoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(encode, "BATCH", batch)
    line = "یہ خبر ادارے کے نمائندے نے لاہور سے بھیجی ہے اور مزید تفصیل کا انتظار ہے۔"
    documents = [Document(str(n), f"خبر نمبر {n}", line) for n in range(5)]
    encoder = Counting()
    report = rebuild_from(documents, config(tmp_path / "data"), encoder=encoder)
    assert encoder.passages.count(line) == 1, "also when batches lie between"
    assert (report.passages, report.encoded) == (10, 6)
    found = rows(tmp_path / "data")
    assert (found[1::2] == found[1]).all()


def test_a_second_rebuild_encodes_nothing(folder: Path, data: Path) -> None:
    first = read_status(data)
    before = rows(data)
    encoder = Counting()
    second = rebuild([folder], config(data), encoder=encoder)
    assert encoder.passages == []
    assert (second.encoded, second.reused) == (0, first.passages)
    assert second.generation != first.generation
    np.testing.assert_array_equal(rows(data), before)
    assert verify(data).ok


def test_a_changed_sentence_is_all_that_is_encoded(
    folder: Path, data: Path, tmp_path: Path
) -> None:
    wheat = folder / "en" / "wheat.txt"
    wheat.write_text(wheat.read_text("utf-8").replace("a better price", "more trains"), "utf-8")
    encoder = Counting()
    report = rebuild([folder], config(data), encoder=encoder)
    assert encoder.passages == ["Growers asked for more trains."]
    assert (report.encoded, report.reused) == (1, report.passages - 1)
    fresh = tmp_path / "fresh"
    rebuild([folder], config(fresh))
    np.testing.assert_array_equal(rows(data), rows(fresh))
    assert answers(data) == answers(fresh)


def test_another_encoder_encodes_all_again(folder: Path, data: Path) -> None:
    first = read_status(data)
    other = Counting("another-64")
    second = rebuild([folder], config(data), encoder=other)
    assert (second.encoded, second.reused) == (first.passages - 3, 0)
    assert len(other.passages) == len(set(other.passages)) == second.encoded
    assert read_status(data).encoder == "another-64"


def test_an_index_is_rebuilt_with_the_encoder_it_was_built_with(folder: Path, data: Path) -> None:
    """No setting names one: the index's own stays, and not the bundled one."""
    report = rebuild([folder], config(data, encoder=""))
    assert report.encoded == 0
    assert OpenIndex.open_current(data).manifest.encoder.spec == "test"


def test_how_it_was_cut_is_stamped(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    rebuild([folder], config(data), params=PassageParams(min_chars=200))
    manifest = OpenIndex.open_current(data).manifest
    assert manifest.build["passages"] == {"min_chars": 200}


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize("damage", [_flip, _cut, Path.unlink])
@pytest.mark.parametrize("name", ["vectors.npy", "catalogue.sqlite", "manifest.json"])
def test_a_damaged_index_is_not_reused_and_does_not_stop_the_rebuild(
    folder: Path, data: Path, name: str, damage: Callable[[Path], None]
) -> None:
    first = read_status(data)
    damage(current(data) / name)
    report = rebuild([folder], config(data))
    assert (report.encoded, report.reused) == (first.passages - 3, 0)
    assert verify(data).ok


def test_a_lost_pointer_does_not_stop_the_rebuild(folder: Path, data: Path) -> None:
    for content in (b"", b"\xff\xfe nonsense", b"00000009-20260101T000000Z-abcd\n"):
        (data / "CURRENT").write_bytes(content)
        rebuild([folder], config(data))
        assert verify(data).ok


def test_progress_is_told_and_never_goes_back(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    report = rebuild([folder], config(tmp_path / "data"), progress=lambda *step: told.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages[0] == "reading"
    assert stages.index("encoding") < stages.index("building the vector index") < len(stages)
    for stage in stages:
        done = [at for name, at, _ in told if name == stage]
        assert done == sorted(done)
    assert ("encoding", report.passages, report.passages) in told


def test_one_generation_before_is_kept(data: Path, folder: Path) -> None:
    first = current_token(data)

    def once_more(number: int, **changes: object) -> str:
        (folder / f"{number}.txt").write_text(f"نئی خبر {number} آ گئی ہے۔", "utf-8")
        return rebuild([folder], config(data, **changes)).generation

    second, third = once_more(2), once_more(3)
    assert generation_names(data) == [second, third]
    assert first not in generation_names(data)
    fourth = once_more(4, keep_generations=1)
    assert generation_names(data) == [fourth]


def test_a_copy_of_the_data_directory_is_an_index(data: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(data, tmp_path / "elsewhere"))
    assert verify(moved).ok
    assert answers(moved)
    with pytest.raises(StoreError):
        OpenIndex.open_current(data)
