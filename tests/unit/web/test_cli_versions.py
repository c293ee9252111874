"""`talash index list, rollback, backup, restore, repair, upgrade` and `verify --deep`, as they are typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import archives
import formats
import pytest
from click.testing import CliRunner, Result

from index.documents import Document
from index.operations.build import rebuild_from
from index.store.manifest import current, generation_names
from web.cli import main as cli


def run(*args: object) -> Result:
    return CliRunner().invoke(cli.main, ["index", *(str(each) for each in args)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for documents in (1, 2):
        items = [
            Document(
                f"ur/{n}", f"ژالہ باری {n}", f"مری میں ژالہ باری سے فصلیں تباہ، خبر {n}۔", "ur"
            )
            for n in range(documents)
        ]
        rebuild_from(items, archives.config(folder))
    return folder


def test_list_and_rollback(data: Path) -> None:
    first, second = generation_names(data)
    text = run("list", "--data", data).stdout
    assert text.index(second) < text.index(first)
    told = json.loads(run("list", "--data", data, "--json").stdout)["generations"]
    assert [(each["name"], each["current"]) for each in told] == [(second, True), (first, False)]
    assert first in run("rollback", "--data", data).stdout
    assert current(data).name == first
    done = json.loads(run("rollback", second, "--data", data, "--json").stdout)
    assert done == {"generation": second, "previous": first, "documents": 2}


def test_backup_and_restore(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "محفوظ.tar.gz"
    assert "2 documents" in run("backup", file, "--data", data).stdout
    args = ("restore", file, "--data", tmp_path / "new", "--encoder", "test")
    said = run(*args).stdout
    assert said.startswith(f"Restored from {file}. {current(tmp_path / 'new').name} is in use (2 ")
    told = json.loads(run(*args, "--json").stdout)
    assert (told["documents"], told["words_encoded"]) == (2, 0)
    first = generation_names(data)[0]
    told = json.loads(run("backup", file, "--data", data, "--generation", first, "--json").stdout)
    assert (told["generation"], told["documents"]) == (first, 1)


def test_repair_and_verify_deep(data: Path) -> None:
    assert run("verify", "--deep", "--sample", "3", "--data", data).exit_code == 0
    next((current(data) / "faiss").iterdir()).write_bytes(b"")
    broken = run("verify", "--deep", "--data", data)
    assert broken.exit_code == 4
    assert "talash index repair" in broken.stderr
    assert "faiss/" in run("repair", "--data", data).stdout
    assert run("verify", "--deep", "--data", data).exit_code == 0
    assert json.loads(run("repair", "--data", data, "--json").stdout)["damaged"] == []


def test_upgrade(data: Path, tmp_path: Path) -> None:
    assert "has the present format already" in run("upgrade", "--data", data).stdout
    older = Path(shutil.copytree(formats.FORMATS / "4", tmp_path / "older"))
    told = run("verify", "--data", older)
    assert "format 4" in told.stdout + told.stderr
    done = json.loads(run("upgrade", "--data", older, "--json").stdout)
    assert (done["format_before"], done["documents"], done["relearned"]) == (4, 12, False)
    assert run("verify", "--data", older).exit_code == 0
    refused = run("upgrade", "--data", Path(shutil.copytree(formats.FORMATS / "3", tmp_path / "3")))
    assert refused.exit_code == 4
    assert "talash index rebuild PATH" in refused.stderr


def test_what_goes_wrong_has_an_exit_code(data: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"not a backup" * 99)
    for code, args in (
        (3, ("list", "--data", tmp_path / "none")),
        (3, ("rollback", "nowhere", "--data", data)),
        (3, ("backup", tmp_path / "c.tar", "--data", tmp_path / "none")),
        (7, ("restore", tmp_path / "b.tar", "--data", data)),
        (7, ("restore", tmp_path / "none.tar", "--data", data)),
    ):
        result = run(*args)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
    (current(data) / "vectors.npy").write_bytes(b"")
    result = run("repair", "--data", data)
    assert result.exit_code == 4
    assert "talash index rebuild" in result.stderr
