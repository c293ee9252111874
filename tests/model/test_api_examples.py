"""The examples in the documents are what the product answers, up to timings and last digits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import api_examples
from scripts.api_examples import NAMES, answer, examples, product, same

pytestmark = [pytest.mark.model, pytest.mark.long]


@pytest.fixture(scope="module")
def client(model_data: Path) -> Iterator[Any]:
    with product(model_data) as opened:
        yield opened


SHOWN = [
    pytest.param(each, id=f"{name}-{number}")
    for name in NAMES
    for number, each in enumerate(examples(name))
]


@pytest.mark.parametrize("example", SHOWN)
def test_the_example_is_what_the_product_answers(
    client: Any, example: api_examples.Example
) -> None:
    now = example.shown(answer(client, example.address))
    assert same(json.loads(example.text), now), f"Run: make docs. It answers {now}"
