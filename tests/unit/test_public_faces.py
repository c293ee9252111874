"""What a program may import from `search` and `web` themselves: few names, and nothing heavy with them."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

HEAVY = ("numpy", "faiss", "flask", "onnxruntime", "pydantic", "search.models", "web.settings")


@pytest.mark.parametrize("package", ["search", "web"])
def test_a_package_has_few_names_that_are_there(package: str):
    face = import_module(package)
    assert len(face.__all__) <= 15
    for name in face.__all__:
        assert getattr(face, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        face.nothing_of_the_kind  # noqa: B018


def test_nothing_is_opened_before_it_is_asked_for():
    program = f"import search, web, sys; print([name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert found.stdout.strip() == b"[]"
