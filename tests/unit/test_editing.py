"""Adding, updating and deleting: after each the index is what its records say, all parts alike."""

from __future__ import annotations

import random
import shutil
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import newsroom
import pytest
from archives import config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs import some

from index.documents import Document, Skipped
from index.encoders.protocol import EncoderInfo
from index.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    NoDocumentsError,
)
from index.opened import OpenIndex
from index.operations import change
from index.operations.build import rebuild_from
from index.operations.change import ChangeReport, add, compact, delete, drift, update
from index.operations.verify import verify
from index.store.generations import writer_lock
from index.store.manifest import current, current_token, open_manifest, read_manifest
from search.models import SearchRequest

ENCODER = newsroom.Bilingual()
ZALZALA = Document(
    "ur/زلزلہ",
    "کوئٹہ میں زلزلہ",
    "کوئٹہ میں زلزلے کے جھٹکے محسوس کیے گئے۔ لوگ گھروں سے باہر نکل آئے۔",
    "ur",
    date(2026, 1, 9),
    "جیو",
    tags=("زلزلہ",),
)
QUAKE = Document("en/quake", "Earthquake in Quetta", "Tremors were felt in Quetta.", "en")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archives.shared(
        tmp_path_factory, "newsroom", lambda data: newsroom.build(data, encoder=ENCODER).close()
    )


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def put(how: Callable[..., ChangeReport], data: Path, *items: object) -> ChangeReport:
    return how(list(items), config(data), encoder=ENCODER)


def records(data: Path) -> dict[str, Document]:
    index = OpenIndex.open_current(data)
    try:
        return {each.id: each for each in index.catalogue.records()}
    finally:
        index.close()


def found(data: Path, query: str) -> list[str]:
    engine = newsroom.engine(OpenIndex.open_current(data))
    try:
        return [hit.id for hit in engine.search(SearchRequest(query)).hits]
    finally:
        engine.close()


def assert_whole(data: Path) -> None:
    report = verify(data, deep=True, sample=5, encoder=lambda _: ENCODER)
    assert report.ok, [check for check in report.checks if not check.ok]


def test_a_new_article_is_found(data: Path) -> None:
    before = records(data)
    report = put(add, data, ZALZALA)
    assert (report.added, report.updated, report.removed) == (1, 0, 0)
    assert report.encoded == 2
    assert not report.compacted
    assert report.generation == current_token(data)
    assert records(data) == {**before, ZALZALA.id: ZALZALA}
    assert found(data, "زلزلے کے جھٹکے")[0] == ZALZALA.id
    assert_whole(data)


def test_what_is_there_already_changes_nothing(data: Path) -> None:
    put(add, data, ZALZALA)
    name = current_token(data)
    report = put(add, data, ZALZALA)
    assert (report.unchanged, report.added, report.generation) == (1, 0, name)
    assert current_token(data) == name


def test_add_does_not_replace(data: Path) -> None:
    put(add, data, ZALZALA)
    report = put(add, data, replace(ZALZALA, body="کچھ اور۔"), QUAKE)
    assert report.added == 1
    assert [(each.path, each.code) for each in report.skipped] == [(ZALZALA.id, "id-taken")]
    assert "talash index update" in report.skipped[0].reason
    assert records(data)[ZALZALA.id] == ZALZALA


def test_update_replaces_and_encodes_only_what_is_new(data: Path) -> None:
    put(add, data, ZALZALA)
    longer = replace(ZALZALA, body=f"{ZALZALA.body} آفٹر شاکس کا خدشہ ہے۔")
    report = put(update, data, longer)
    assert (report.updated, report.encoded, report.reused) == (1, 1, 2)
    assert records(data)[ZALZALA.id] == longer
    assert found(data, "آفٹر شاکس")[0] == ZALZALA.id
    assert_whole(data)


def test_a_change_of_date_or_tags_encodes_nothing(data: Path) -> None:
    put(add, data, ZALZALA)
    dated = replace(ZALZALA, date=date(2026, 2, 1), tags=("بلوچستان",), url="https://news.test/9")
    report = put(update, data, dated)
    assert (report.updated, report.encoded, report.reused) == (1, 0, 2)
    assert records(data)[ZALZALA.id] == dated
    assert_whole(data)


def test_a_deleted_article_is_gone_from_every_part(data: Path) -> None:
    put(add, data, ZALZALA)
    report = put(delete, data, ZALZALA.id, "ur/بارش", "keine")
    assert report.removed == 2
    assert [(each.path, each.code) for each in report.skipped] == [("keine", "not-found")]
    assert not {ZALZALA.id, "ur/بارش"} & set(records(data))
    for query in ("زلزلہ", "کراچی میں تیز بارش", "heavy rain in Karachi"):
        assert not {ZALZALA.id, "ur/بارش"} & set(found(data, query))
    raw = b"".join(path.read_bytes() for path in current(data).glob("catalogue*"))
    assert ZALZALA.body[:20].encode() not in raw
    assert_whole(data)


def test_a_phrase_is_looked_for_in_every_segment_and_not_where_it_is_gone(data: Path) -> None:
    for number in range(5):
        put(add, data, replace(ZALZALA, id=f"{number}", body=f"{ZALZALA.body} {number}۔"))
    put(delete, data, "0", "2")
    put(delete, data, "4")
    assert sorted(found(data, '"زلزلے کے جھٹکے"')) == ["1", "3"]
    assert sorted(found(data, 'زلزلے -"جھٹکے کے زلزلے"')) == ["1", "3"]


def test_a_copy_stays_when_the_other_goes(data: Path) -> None:
    twin = replace(ZALZALA, id="ur/نقل", source="ڈان", url="https://other.test/1", tags=())
    report = put(add, data, ZALZALA, twin)
    assert (report.added, report.encoded, report.documents) == (2, 2, 14)
    assert records(data)[twin.id] == twin
    put(delete, data, ZALZALA.id)
    assert records(data)[twin.id] == twin
    assert found(data, "زلزلے کے جھٹکے")[0] == twin.id
    assert_whole(data)
    put(delete, data, twin.id)
    assert twin.id not in records(data)
    assert_whole(data)


def test_what_is_there_already_says_the_same_wherever_it_is_read(data: Path) -> None:
    """`add` leaves the place alone, `update` notes it; neither calls it news."""
    first, other = (replace(ZALZALA, origin=f"/{at}/1.txt", root=f"/{at}") for at in ("a", "b"))
    put(add, data, first)
    report = put(add, data, other)
    assert (report.unchanged, report.moved, report.skipped) == (1, 0, ())
    assert records(data)[ZALZALA.id].origin == first.origin
    report = put(update, data, other)
    assert (report.unchanged, report.moved, report.updated, report.encoded) == (1, 1, 0, 0)
    assert (records(data)[ZALZALA.id].origin, records(data)[ZALZALA.id].root) == ("/b/1.txt", "/b")
    report = put(add, data, replace(first, body="کچھ اور۔"))
    assert "(from /b/1.txt)" in report.skipped[0].reason
    assert_whole(data)


ODD = st.text(max_size=8) | st.sampled_from(["\ud800", "\ufffd", "a\x00b", "ي", "NaN"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(
    st.builds(
        Document,
        id=ODD.filter(bool),
        title=ODD,
        body=st.sampled_from(["", ZALZALA.body, QUAKE.body, "\udc80 آدھا"]),
        lang=st.sampled_from(["ur", "en", "und"]),
        date=st.none() | st.dates() | st.datetimes(),
        source=ODD,
        tags=st.lists(ODD, max_size=3).map(tuple),
        extra=st.dictionaries(ODD, JSON, max_size=3),
        origin=ODD,
        root=ODD,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=some(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=RECORDS)
def test_what_was_put_is_not_put_again(built: Path, tmp_path: Path, drawn: list[Document]) -> None:
    """For any records: put twice is one write, and so is a rebuild and then a change."""
    data = tmp_path / uuid.uuid4().hex
    shutil.copytree(built, data)
    once = put(update, data, *drawn)
    again = put(update, data, *drawn)
    assert again.generation == once.generation
    assert again.unchanged == once.added + once.updated + once.unchanged
    rebuild_from(drawn, config(data), encoder=ENCODER)
    name = current_token(data)
    assert put(update, data, *drawn).generation == name
    shutil.rmtree(data)


@pytest.mark.parametrize(("origin", "root"), [("\ud800", ""), ("", "\ud800"), ("", "/خبریں")])
def test_articles_of_odd_files_and_of_none_stay_as_they_were_put(
    data: Path, origin: str, root: str
) -> None:
    odd = replace(ZALZALA, id="عجیب", origin=origin, root=root)
    once = put(update, data, replace(odd, id="0", root=""), odd)
    assert once.added == 2
    assert put(update, data, replace(odd, id="0", root=""), odd).generation == once.generation


def test_a_copy_that_says_something_else_now_is_an_article(data: Path) -> None:
    twin = replace(ZALZALA, id="ur/نقل")
    put(add, data, ZALZALA, twin)
    other = replace(twin, body="دوسری خبر آ گئی ہے۔")
    put(update, data, other)
    assert records(data)[ZALZALA.id] == ZALZALA
    assert records(data)[twin.id] == other
    assert_whole(data)


def test_an_id_twice_in_one_run_is_reported(data: Path) -> None:
    report = put(
        update, data, QUAKE, replace(QUAKE, title="Another"), Skipped("bad.json", "broken")
    )
    assert [each.code for each in report.skipped] == ["duplicate-id", "input-unreadable"]
    assert records(data)[QUAKE.id] == QUAKE


def test_much_change_derives_everything_at_once(data: Path) -> None:
    many = [replace(QUAKE, id=f"en/{n}", body=f"Tremor number {n} was felt.") for n in range(6)]
    report = put(add, data, *many)
    assert report.compacted
    assert report.added == 6
    assert drift(open_manifest(current(data))) == 0
    assert_whole(data)


@pytest.mark.parametrize(
    ("altered", "drifted"),
    [
        (lambda document: replace(document, tags=("نقل",), source="Dawn"), 1),
        (lambda document: replace(document, origin="/b/news.csv"), 1),
        (lambda document: replace(document, body="تازہ۔"), 2),
    ],
)
def test_a_text_that_stays_drifts_once(
    data: Path, altered: Callable[[Document], Document], drifted: int
) -> None:
    """What was learned of it is as it was; only a hole is left behind."""
    before = records(data)
    report = put(update, data, altered(before["en/rain"]))
    assert report.updated + report.moved == 1
    assert drift(open_manifest(current(data))) == pytest.approx(drifted / len(before))


def test_compact_leaves_no_holes_and_encodes_nothing(data: Path) -> None:
    put(add, data, ZALZALA)
    put(delete, data, "ur/بارش")
    before = records(data)
    assert drift(open_manifest(current(data))) > 0
    report = compact(config(data), encoder=ENCODER)
    assert (report.encoded, report.unchanged) == (0, False)
    assert records(data) == before
    index = OpenIndex.open_current(data)
    assert index.columns.live.all()
    assert (index.columns.passage_doc >= 0).all()
    index.close()
    assert_whole(data)
    assert compact(config(data), encoder=ENCODER).unchanged


def test_a_rebuild_with_nothing_new_makes_nothing(data: Path) -> None:
    name = current_token(data)
    report = rebuild_from(newsroom.ARTICLES, config(data), encoder=ENCODER)
    assert (report.unchanged, report.encoded, report.generation) == (True, 0, name)
    put(add, data, ZALZALA)
    report = rebuild_from([*newsroom.ARTICLES, ZALZALA], config(data), encoder=ENCODER)
    assert not report.unchanged, "what was extended is derived at once by a rebuild"
    assert report.encoded == 0


def test_files_that_stay_are_links(data: Path) -> None:
    before = current(data)
    put(delete, data, "ur/بارش")
    for name, entry in read_manifest(before).files.items():
        follows = name in ("relevance.npy", "stories.npz")
        assert (current(data) / name).samefile(before / name) is not follows
        if not follows:
            assert read_manifest(current(data)).files[name] == entry


def test_a_file_system_without_links(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    put(delete, data, "ur/بارش")
    assert_whole(data)


def test_the_last_article_stays(data: Path) -> None:
    name = current_token(data)
    with pytest.raises(NoDocumentsError, match="Nothing would be left"):
        put(delete, data, *records(data))
    assert current_token(data) == name


def altered(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(raw)


def test_a_damaged_index_hands_nothing_on(data: Path) -> None:
    """What a change takes from the files that are there it reads from end to end first; the others stay as
    they are, and verify tells of them."""
    altered(current(data) / "vectors.npy")
    dated = replace(newsroom.ARTICLES[0], date=date(2026, 2, 1))
    with pytest.raises(
        IndexDamagedError, match=r"vectors\.npy is damaged: its content was altered"
    ):
        put(update, data, dated)
    put(add, data, ZALZALA)
    wrong = [check.name for check in verify(data).checks if not check.ok]
    assert wrong == ["file vectors.npy"]
    with pytest.raises(
        IndexDamagedError, match=r"vectors\.npy is damaged: its content was altered"
    ):
        compact(config(data), encoder=ENCODER)


@pytest.mark.parametrize("name", ["vectors.npy", "catalogue.sqlite", "phrases.npz"])
def test_nothing_joins_an_index_that_was_cut_short(data: Path, name: str) -> None:
    path = current(data) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError, match=name):
        put(add, data, ZALZALA)


def test_few_texts_are_encoded_rather_than_read_to_be_trusted(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where reading all files takes longer than encoding what would be taken from them."""
    monkeypatch.setattr(change, "_BYTES_A_TEXT", 1)
    dated = replace(newsroom.ARTICLES[0], date=date(2026, 2, 1))
    report = put(update, data, dated)
    assert report.encoded > 0 == report.reused
    assert_whole(data)


def test_another_encoder_is_refused(data: Path) -> None:
    class Other(newsroom.Bilingual):
        @property
        def info(self) -> EncoderInfo:
            return replace(super().info, id="other")

    with pytest.raises(IndexMismatchError, match="other"):
        add([ZALZALA], config(data), encoder=Other())


def test_without_an_index_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        put(add, tmp_path / "none", ZALZALA)
    assert not (tmp_path / "none").exists()


def test_one_writer_at_a_time(data: Path) -> None:
    with writer_lock(data), pytest.raises(IndexLockedError):
        put(add, data, ZALZALA)


@pytest.mark.parametrize("seed", range(3))
def test_any_row_of_changes(data: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a dictionary: what was put is there, as it was put, and all parts agree."""
    monkeypatch.setattr(change, "MOST_DRIFT", 1.0)
    dice = random.Random(seed)
    model = records(data)
    for step in range(8):
        ids = dice.sample(sorted(model), 2)
        what = dice.choice(("add", "update", "delete", "copy", "mixed"))
        if what == "delete":
            put(delete, data, *ids)
            for each in ids:
                del model[each]
            continue
        if what == "copy":
            items = [replace(model[ids[0]], id=f"copy/{step}", tags=("نقل",))]
        elif what == "add":
            items = [replace(ZALZALA, id=f"new/{step}", body=f"{ZALZALA.body} {step}۔")]
        else:
            items = [replace(model[each], body=f"تازہ {step}۔ {model[each].body}") for each in ids]
        if what == "mixed":
            items.append(replace(QUAKE, id=f"en/{step}", title=f"Quake {step}"))
        put(update, data, *items)
        model.update({each.id: each for each in items})
        assert records(data) == model
    assert records(data) == model
    assert_whole(data)
    compact(config(data), encoder=ENCODER)
    assert records(data) == model
    assert_whole(data)
