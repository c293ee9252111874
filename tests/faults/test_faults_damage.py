"""A file of the index is cut short or a bit of it turns over: every file, at several places.

Nobody hands the damage on and nobody breaks on it: the running server names the file or goes on
with the generation before, opening does the same, `verify` names it, the next writer makes a sound
index, `repair` mends it or says what does, and going back is possible.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import archives
import newsroom
import pytest
from inputs import some
from operations import OPERATIONS, THIRD, prepare, state
from processes import in_a_child

from index.arrays import Codes
from index.errors import IndexDamagedError, StoreError
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.operations.repair import repair
from index.operations.verify import verify
from index.operations.versions import rollback
from index.parts.catalogue.catalogue import Catalogue
from index.parts.relevance import Relevance
from index.parts.stories.stories import Stories
from index.parts.vectors import VectorIndex, load_vectors
from index.parts.word_states import WordStates
from index.store.layout import MANIFEST
from index.store.manifest import current, current_token
from search.live import LiveEngine
from search.models import SearchRequest


def flip(at: float) -> Callable[[Path], None]:
    def flipped(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[min(int(len(content) * at), len(content) - 1)] ^= 16
        path.write_bytes(content)

    return flipped


def cut(at: float) -> Callable[[Path], None]:
    def shortened(path: Path) -> None:
        os.truncate(path, min(int(path.stat().st_size * at), path.stat().st_size - 1))

    return shortened


DAMAGE = {
    "first byte": flip(0.0),
    "a byte in the middle": flip(0.5),
    "last byte": flip(1.0),
    "empty": cut(0.0),
    "half": cut(0.5),
    "one byte short": cut(1.0),
}
SOME = ("a byte in the middle", "half")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("damage") / "data")


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def files(data: Path) -> list[Path]:
    """Every file of the current generation that is not empty, whatever kinds there are."""
    return sorted(
        path for path in current(data).rglob("*") if path.is_file() and path.stat().st_size
    )


def some_files(data: Path, damage: str) -> list[Path]:
    """Every third file: so each meets one damage that turns a bit and one that cuts it short. In `make test`
    every file meets one of them, with many examples (`make test-all`) every one."""
    apart = max(1, 6 // some(2))
    return files(data)[list(DAMAGE).index(damage) % apart :: apart]


def live(data: Path) -> LiveEngine:
    return LiveEngine(archives.config(data), encoder=newsroom.Bilingual())


REQUESTS = [SearchRequest(query) for query in ("کرکٹ", "Karachi rain", '"hockey team"', "lang:en")]


def answers(engine: LiveEngine) -> list[object]:
    found: list[object] = [
        [(hit.id, hit.score, hit.snippet.text) for hit in engine.search(request).hits]
        for request in REQUESTS
    ]
    return [*found, engine.suggest("ra", 5), engine.document("ur/کرکٹ").body]


def told(work: Callable[[], object]) -> StoreError | None:
    """The damage that is told, None if all went well. Any other error is the test's."""
    try:
        work()
    except StoreError as error:
        return error
    return None


def put_back(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGE)
def test_opening_names_the_file_and_verify_too(data: Path, damage: str) -> None:
    """A server that starts refuses the generation; one that runs goes on with the one before."""
    for path in some_files(data, damage):
        name, content = path.relative_to(current(data)).as_posix(), path.read_bytes()
        DAMAGE[damage](path)
        starting = live(data)
        with pytest.raises(IndexDamagedError) as caught:
            starting.search(REQUESTS[0])
        assert name in caught.value.message
        assert caught.value.hint
        report = verify(data)
        told = [check.name for check in report.checks if not check.ok]
        assert ("manifest" if name == MANIFEST else f"file {name}") in told
        put_back(path, content)
        assert starting.search(REQUESTS[0]).hits
        starting.close()
    assert verify(data).ok


@pytest.mark.parametrize(
    "damage",
    [pytest.param(each, marks=[] if each in SOME else [pytest.mark.long]) for each in DAMAGE],
)
def test_opening_without_reading_all_breaks_on_nothing(data: Path, damage: str) -> None:
    """As the command line does: what is found is told as damage, never as another error."""
    for path in files(data):
        content, errors = path.read_bytes(), []
        DAMAGE[damage](path)
        opened: list[OpenIndex] = []
        errors.append(told(lambda opened=opened: opened.append(OpenIndex.open_current(data))))
        for index in opened:
            engine = newsroom.engine(index)
            errors += [told(lambda each=each, e=engine: e.search(each)) for each in REQUESTS]
            index.close()
        assert all(error is None or error.hint for error in errors)
        put_back(path, content)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_is_written_to_while_it_is_served(
    data: Path, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The server names it from the next search on. A mapped file cut short would end the process
    (SIGBUS), hence the child; put back, it is served again."""

    def work() -> None:
        engine = live(data)
        wanted = answers(engine)
        for path in some_files(data, damage):
            if path.name == MANIFEST:  # read once, when the generation is opened
                continue
            content = path.read_bytes()
            DAMAGE[damage](path)
            for call in (lambda: answers(engine), engine.ready):
                error = told(call)
                assert isinstance(error, IndexDamagedError), f"{path} was served"
                assert path.name in error.message, error.message
            put_back(path, content)
            assert answers(engine) == wanted

    assert in_a_child(work) == 0, capfd.readouterr().err


def test_a_file_that_is_gone_is_served_on_until_the_server_ends(data: Path) -> None:
    """It is still open: no search fails. Whoever asks whether all is well is told."""
    engine = live(data)
    wanted = answers(engine)
    for path in files(data):
        path.unlink()
    assert answers(engine) == wanted
    engine.close()
    with pytest.raises(IndexDamagedError, match=r"manifest\.json"):
        live(data).search(REQUESTS[0])


@pytest.mark.parametrize("damage", [SOME[0], pytest.param(SOME[1], marks=pytest.mark.long)])
def test_a_running_server_stays_with_the_sound_generation(
    data: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generation that is damaged when it appears is never served; when it is mended, it is."""
    now, before = current_token(data), rollback(data).generation
    engine = live(data)
    old = answers_of(engine)
    for path in (data / "generations" / now).rglob("*"):
        if not path.is_file() or not path.stat().st_size:
            continue
        content = path.read_bytes()
        DAMAGE[damage](path)
        (data / "CURRENT").write_text(now)
        assert answers_of(engine) == old
        with pytest.raises(IndexDamagedError, match=path.name):
            engine.ready()
        (data / "CURRENT").write_text(before)
        put_back(path, content)
        engine.ready()
        assert answers_of(engine) == old
    (data / "CURRENT").write_text(now)
    assert answers_of(engine) != old
    engine.close()


def answers_of(engine: LiveEngine) -> list[list[str]]:
    return [[hit.id for hit in engine.search(request).hits] for request in REQUESTS]


def test_the_next_writer_hands_no_damage_on(data: Path, tmp_path: Path) -> None:
    """Vectors, word states and words are taken over from the last generation: never damaged ones."""
    wanted = tmp_path / "wanted"
    rebuild_from(THIRD, archives.config(wanted), encoder=newsroom.Bilingual())
    reused = ("catalogue.sqlite", "vectors.npy", "word_states", "words.npy", "lexicon", MANIFEST)
    for path in (path for path in files(data) if path.name.startswith(reused)):
        content = path.read_bytes()
        DAMAGE["a byte in the middle"](path)
        before = current_token(data)
        OPERATIONS["rebuild"](data)
        assert state(data, deep=True) == state(wanted), path.name
        rollback_to(data, before)
        put_back(path, content)


def rollback_to(data: Path, name: str) -> None:
    (data / "CURRENT").write_text(name)


@pytest.mark.long
def test_repair_mends_it_or_going_back_does(data: Path, tmp_path: Path) -> None:
    """Whichever file it is; it is told by its checksum, so one damage to each will do."""
    whole, beyond = state(data), set[str]()
    for number, path in enumerate(path for path in files(data) if path.name != MANIFEST):
        name = path.relative_to(current(data)).as_posix()
        work = Path(shutil.copytree(data, tmp_path / "work"))
        DAMAGE[SOME[number % 2]](current(work) / name)
        error = told(partial(repair, archives.config(work), encoder=newsroom.Bilingual()))
        if error is None:
            assert state(work) == whole
        else:
            assert name in error.message
            assert "talash index rebuild" in error.hint
            assert "talash index rollback" in error.hint
            beyond.add(name)
            rollback(work)
            assert state(work) != whole
        shutil.rmtree(work)
    truth = {"catalogue.sqlite", "vectors.npy", "word_states.bin", "word_states.npz"}
    later = {f"segments/00000001/{name}" for name in (*truth, "removed.npy")}
    assert beyond == truth | later


@cache
def languages(path: Path) -> tuple[Codes, tuple[str, ...]]:
    """What the catalogue says of the passages, which nobody damages here."""
    with Catalogue.open(path) as catalogue:
        columns = catalogue.columns()
    return columns.passage_languages, columns.lang_names


def open_vectors(path: Path) -> VectorIndex:
    return VectorIndex.open(path, *languages(path))


HEADS = {
    "vectors.npy": open_vectors,
    "centroids.npy": open_vectors,
    "faiss/ur.faiss": open_vectors,
    "relevance.npy": Relevance.load,
    "words.npy": lambda path: load_vectors(path, "words.npy"),
    "stories.npz": Stories.open,
    "word_states.npz": WordStates.open,
}


@pytest.mark.parametrize("name", HEADS)
def test_every_bit_of_a_head_and_of_a_directory(data: Path, name: str) -> None:
    """numpy parses a header as Python, zip files have a directory at their end: whatever a turned
    bit makes of them, it is told as damage (this found TokenError and NotImplementedError). `make test`
    turns a bit of every fourth byte."""
    path = current(data) / name
    content = path.read_bytes()
    places = {*range(min(128, len(content))), *range(max(0, len(content) - 260), len(content))}
    for at in sorted(places)[:: max(1, 4 // some(4))]:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        told(partial(HEADS[name], current(data)))
    path.write_bytes(content)
    assert told(partial(HEADS[name], current(data))) is None
    path.write_bytes(b"\x93NUMPY" + content[6:9] + b"\xff" * 8 + content[17:])
    assert name.endswith("npz") or told(partial(HEADS[name], current(data)))


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and counts memory in kilobytes")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_size_is_not_believed(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that says it holds gigabytes takes no room for them (FAISS fills it before it reads)."""
    path = current(data) / "faiss/ur.faiss"
    content = path.read_bytes()

    def held() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def work() -> None:
        before = held()
        for at in (at for at, byte in enumerate(content) if byte == 0):
            path.write_bytes(content[:at] + b"\x20" + content[at + 1 :])
            told(partial(open_vectors, current(data)))
            assert held() - before < 256 * 1024, at

    assert in_a_child(work) == 0, capfd.readouterr().err
