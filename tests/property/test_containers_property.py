"""Whatever the bytes of a container, reading it ends, and what is wrong is reported, not raised."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import promises
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs import some
from valid_files import VALID

from index.documents import Document
from index.readers.detection.registry import FORMATS

CONTAINERS = [each.name for each in FORMATS if not each.is_text and each.name in VALID]
FILES = {name: raw for container in CONTAINERS for name, raw in VALID[container]}
EXTENSIONS = sorted({extension for each in FORMATS for extension in each.extensions})
RELAXED = settings(
    max_examples=some(30), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def read(name: str, content: bytes) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        return promises.of_reading(Path(folder) / name)


def test_each_valid_file_is_an_article() -> None:
    for files in VALID.values():
        for name, content in files:
            assert read(name, content), name


@pytest.mark.parametrize("name", FILES)
@RELAXED
@given(data=st.data())
def test_mutated_files_cost_themselves(name: str, data: st.DataObject) -> None:
    raw = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "double", "insert"]))
        if kind == "flip":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif kind == "double":
            raw[at:at] = raw[at : at + data.draw(st.integers(1, 200))]
        else:
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            break
    read(name, bytes(raw))


@RELAXED
@given(st.sampled_from(sorted(FILES)), st.sampled_from(EXTENSIONS))
def test_files_under_names_of_others(name: str, extension: str) -> None:
    read(f"a{extension}", FILES[name])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@RELAXED
@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=60)), max_size=6))
def test_zips_of_anything(members: list[tuple[str, bytes]]) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in members:
            archive.writestr(name.encode("utf-8", "replace").decode(), content)
    read("a.zip", raw.getvalue())
