"""Days are the archive's own: one setting, whatever the machine's clock is set to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from index.config import IndexConfig
from index.errors import ConfigError
from index.readers import ReaderConfig, read_paths
from index.readers.dates import parse_date
from web import context
from web.formats import xml
from web.http.app import create_app
from web.settings import Settings, load

ZONES = ("Asia/Karachi", "UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu")


def settings(zone: str) -> Settings:
    return Settings(index=IndexConfig(timezone=ZoneInfo(zone)))


@pytest.fixture
def elsewhere(monkeypatch):
    """A machine whose own clock is a day behind the archive's for most of the day."""
    monkeypatch.setenv("TZ", "Etc/GMT+12")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.usefixtures("elsewhere")
def test_today_is_the_archives(zone):
    app = create_app(settings(zone), Desk())
    with app.test_request_context():
        before = datetime.now(timezone.utc).astimezone(ZoneInfo(zone)).date()
        assert context.today() in (before, before + timedelta(days=1))


def test_quick_ranges_begin_from_that_day(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 1, 15, 20, 30, tzinfo=timezone.utc).astimezone(tz)

    monkeypatch.setattr(context, "datetime", Clock)
    for zone, first, other in (("UTC", "09", "10"), ("Asia/Karachi", "10", "09")):
        client = create_app(settings(zone), Desk()).test_client()
        for day, is_a_week in ((first, True), (other, False)):
            page = client.get(f"/?q=police&from=2026-01-{day}").get_data(as_text=True)
            ranges = page.partition('class="ranges"')[2].partition("</ul>")[0]
            assert ('aria-current="true"' in ranges) is is_a_week


@pytest.mark.parametrize(
    ("zone", "seconds", "day"),
    [
        ("Asia/Karachi", 1768590000, date(2026, 1, 17)),  # 19:00 UTC on the 16th
        ("UTC", 1768590000, date(2026, 1, 16)),
        ("America/Los_Angeles", 1768618800, date(2026, 1, 16)),  # 03:00 UTC on the 17th
        ("Asia/Karachi", -2208988800, date(1900, 1, 1)),
    ],
)
@pytest.mark.parametrize("form", [int, float, str, lambda seconds: seconds * 1000])
@pytest.mark.usefixtures("elsewhere")
def test_seconds_are_the_day_they_were_there(zone, seconds, day, form):
    assert parse_date(form(seconds), ZoneInfo(zone)) == day


@pytest.mark.parametrize("written", ["2026-01-16T19:00:00", "2026-01-16", "۱۶ جنوری ۲۰۲۶"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_day_that_is_written_is_that_day_everywhere(zone, written):
    assert parse_date(written, ZoneInfo(zone)) == date(2026, 1, 16)


def test_the_setting_reaches_the_readers(tmp_path):
    article = {"id": "a", "title": "بارش", "body": "کراچی میں بارش۔", "date": 1768590000}
    (tmp_path / "a.jsonl").write_text(json.dumps(article))
    days = [
        next(read_paths([tmp_path], config=ReaderConfig(timezone=ZoneInfo(zone)))).date
        for zone in ("Asia/Karachi", "UTC")
    ]
    assert days == [date(2026, 1, 17), date(2026, 1, 16)]
    assert next(read_paths([tmp_path])).date == date(2026, 1, 17)


@pytest.mark.parametrize("command", ["rebuild", "add", "update", "sync"])
def test_the_setting_reaches_every_command(tmp_path, command):
    article = {"id": "a", "title": "بارش", "body": "کراچی میں بارش۔", "date": 1768590000}
    (tmp_path / "a.jsonl").write_text(json.dumps(article))
    other = {"id": "b", "title": "Rain", "body": "Rain in the city.", "date": "2026-01-01"}
    (tmp_path / "b.jsonl").write_text(json.dumps(other))
    from click.testing import CliRunner

    from web.cli.main import main

    environ = {"TALASH_INDEX_TIMEZONE": "UTC", "TALASH_INDEX_ENCODER": "test"}
    environ["TALASH_DATA"] = str(tmp_path / "data")

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, words, env=environ)
        assert done.exit_code == 0, done.output
        return done.stdout

    if command != "rebuild":
        run("index", "rebuild", str(tmp_path / "b.jsonl"))
    run("index", command, str(tmp_path / "a.jsonl"))
    found = json.loads(run("search", "بارش", "--json"))
    assert found["hits"][0]["date"] == "2026-01-16"


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.sampled_from(ZONES))
def test_a_feed_tells_when_a_day_began_there(day, zone):
    written = xml.began(day, ZoneInfo(zone))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00[+-]\d\d:\d\d", written)
    assert written[:10] == day.isoformat()
    apart = datetime.fromisoformat(written) - datetime(
        day.year, day.month, day.day, tzinfo=ZoneInfo(zone)
    )
    assert abs(apart) <= timedelta(seconds=30)  # local times of old were not of whole minutes


def test_a_feed_is_of_that_zone():
    feeds = {}
    for zone in ("Asia/Karachi", "UTC"):
        answer = create_app(settings(zone), Desk()).test_client().get("/feed.atom?q=police")
        feeds[zone] = answer.get_data(as_text=True)
        feeds[zone, "tag"] = answer.headers["ETag"]
    assert "T00:00:00+05:00</updated>" in feeds["Asia/Karachi"]
    assert "T00:00:00+00:00</updated>" in feeds["UTC"]
    assert feeds["Asia/Karachi", "tag"] != feeds["UTC", "tag"]


@pytest.mark.parametrize("zone", ["Karachi", "../../etc/passwd", "PKT+5", "Asia/Lahore", "/UTC"])
def test_a_zone_that_is_none_is_refused_at_the_start(zone):
    with pytest.raises(ConfigError, match=r"index\.timezone"):
        load(environ={"TALASH_INDEX_TIMEZONE": zone})


def test_zones_need_nothing_of_the_machine():
    script = "from zoneinfo import ZoneInfo; print(ZoneInfo('Asia/Karachi').utcoffset(None))"
    script = f"import zoneinfo; zoneinfo.reset_tzpath(to=()); {script}"
    subprocess.run([sys.executable, "-c", script], check=True)
