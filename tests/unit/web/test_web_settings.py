from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from index.collector.config import CollectConfig
from index.config import IndexConfig
from index.errors import ConfigError
from search.config import SearchConfig
from web.settings import Settings, WebConfig, load, table


def read(tmp_path: Path, toml: str = "", environ: dict[str, str] | None = None, **overrides):
    if toml:
        (tmp_path / "talash.toml").write_text(toml, "utf-8")
    return load(environ=environ or {}, cwd=tmp_path, overrides=overrides)


def test_defaults_are_the_dataclasses_own(tmp_path):
    assert read(tmp_path) == Settings(IndexConfig(), CollectConfig(), SearchConfig(), WebConfig())


def test_later_places_win_over_earlier_ones(tmp_path):
    toml = "[web]\nport = 1\nthreads = 2\nhost = 'a'\n"
    environ = {"TALASH_WEB_THREADS": "3", "TALASH_WEB_HOST": "b"}
    web = read(tmp_path, toml, environ, web={"host": ("c",), "port": None}).web
    assert (web.port, web.threads, web.host) == (1, 3, ("c",))


def test_every_field_of_every_section_is_a_setting():
    rows = list(table())
    expected = sum(
        len(fields(each)) for each in (IndexConfig, CollectConfig, SearchConfig, WebConfig)
    )
    assert len(rows) == expected
    assert len({row.variable for row in rows}) == expected


def test_short_name_for_the_data_folder_gives_way_to_the_long_one(tmp_path):
    assert read(tmp_path, environ={"TALASH_DATA": "x"}).index.data_dir == Path("x")
    both = {"TALASH_INDEX_DATA_DIR": "long", "TALASH_DATA": "short"}
    assert read(tmp_path, environ=both).index.data_dir == Path("long")
    assert read(tmp_path, environ=dict(reversed(both.items()))).index.data_dir == Path("long")


def test_empty_variable_counts_as_not_set(tmp_path):
    assert read(tmp_path, environ={"TALASH_WEB_PORT": ""}).web.port == WebConfig().port


def test_path_in_a_file_is_relative_to_that_file(tmp_path):
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "site.toml").write_text("[index]\ndata_dir = 'archive'\n")
    settings = load(environ={"TALASH_CONFIG": "etc/site.toml"}, cwd=tmp_path)
    assert settings.index.data_dir == folder / "archive"
    assert load(config=folder / "site.toml", environ={}, cwd=tmp_path) == settings


def test_lists_come_from_toml_and_from_commas(tmp_path):
    assert read(tmp_path, "[web]\nhosts = ['a', 'b']\n").web.hosts == ("a", "b")
    assert read(tmp_path, environ={"TALASH_WEB_HOSTS": "a, b"}).web.hosts == ("a", "b")


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("[web]\nprot = 1\n", ["prot", "Did you mean port?"]),
        ("[wbe]\nport = 1\n", ["[wbe]", "Did you mean web?"]),
        ("[web]\nzzzzz = 1\n", ["zzzzz", "Known: host, port"]),
        ("web = 3\n", ["write [web]"]),
        ("port = 1\n", ["no section [port]"]),
        ("[web\n", ["is not TOML"]),
        ("[web]\nport = 'many'\n", ["web.port = 'many'", "talash.toml", "default is 8000"]),
        ("[web]\nport = 70000\n", ["web.port = 70000"]),
        ("[web]\nport = -1\n", ["must not be negative"]),
        ("[web]\nthreads = 0\n", ["web.threads = 0"]),
        ("[web]\nlanguage = 'fr'\n", ["'en' or 'ur'"]),
        ("[search]\nwindow = 1.5\n", ["search.window = 1.5"]),
        ("[index]\ndata_dir = 3\n", ["index.data_dir = 3"]),
    ],
)
def test_a_wrong_file_is_an_error_that_names_the_mend(tmp_path, toml, names):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, toml)
    for name in names:
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("TALASH_WEB_PROT", "TALASH_WEB_PORT"),
        ("TALASH_DTAA", "TALASH_DATA"),
        ("TALASH_INDEX_DATADIR", "TALASH_INDEX_DATA_DIR"),
    ],
)
def test_a_misspelled_variable_is_an_error(tmp_path, variable, hint):
    with pytest.raises(ConfigError, match=hint):
        read(tmp_path, environ={variable: "1"})


def test_variables_of_other_tools_pass(tmp_path):
    assert read(tmp_path, environ={"TALASH_REQUIRE_BROWSER": "1", "HOME": "/x"}) == Settings()


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="no settings file"):
        load(config=tmp_path / "none.toml", environ={}, cwd=tmp_path)


def test_a_file_that_is_not_text_is_an_error(tmp_path):
    (tmp_path / "talash.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not TOML"):
        load(environ={}, cwd=tmp_path)
