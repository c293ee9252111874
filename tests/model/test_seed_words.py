"""One word of one language finds the sample archive's articles on it in the other, and by its translation."""

from __future__ import annotations

import pytest

from index.text.analysis import stem
from search.engine import SearchEngine
from search.models import SearchRequest

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(900)]

WORDS = """
mango            آم       21-mango-export
leopard          چیتا     18-snow-leopard
polio            پولیو    10-polio-week-quetta
wheat            گندم     20-wheat-harvest
cricket          کرکٹ     03-t20-final-multan 04-women-cricket-abbottabad 25-blind-cricket
filter           فلٹر     16-water-filter
hockey           ہاکی     24-sialkot-hockey
book             کتاب     07-book-fair-lahore 08-story-library-peshawar
library          لائبریری 08-story-library-peshawar
earthquake       زلزلہ    29-earthquake-drill
gold             سونے     12-gold-rupee-rates
rice             چاول     16-water-filter
kite             پتنگ     13-jashn-e-baharan-islamabad
train            ٹرین     06-circular-railway-karachi
electricity      بجلی     17-solar-schools 02-heatwave-sindh
"""
ROWS = [line.split() for line in WORDS.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_an_english_word_finds_the_urdu_article(engine: SearchEngine, row: list[str]) -> None:
    english, urdu, *right = row
    answer = engine.search(SearchRequest(english, languages=("ur",)))
    assert {hit.id for hit in answer.hits[:3]} & {f"ur/{name}.md" for name in right}
    (reading,) = answer.understood.readings
    assert stem(reading.alternatives[0].word) == stem(urdu)
    assert reading.alternatives[0].weight >= 0.5


@pytest.mark.parametrize("urdu", ["پولیو", "آم", "گندم", "کرکٹ", "ہاکی", "کتاب", "زلزلہ", "فلٹر"])
def test_an_urdu_word_finds_the_english_article(engine: SearchEngine, urdu: str) -> None:
    english, _, *right = next(row for row in ROWS if row[1] == urdu)
    answer = engine.search(SearchRequest(urdu, languages=("en",)))
    assert {hit.id for hit in answer.hits[:3]} & {f"en/{name}.md" for name in right}
    (reading,) = answer.understood.readings
    assert stem(reading.alternatives[0].word) == stem(english)


def test_a_snow_leopard_is_no_animal_at_large(engine: SearchEngine) -> None:
    answer = engine.search(SearchRequest("snow leopard"))
    also = {other.word for each in answer.understood.readings for other in each.alternatives}
    assert "چیتا" in also
    assert "جانور" not in also
    assert {"en/18-snow-leopard.md", "ur/18-snow-leopard.md"} <= {hit.id for hit in answer.hits[:3]}
