"""What a program may import from `search` and `web` themselves: few names, and nothing heavy with them."""

from __future__ import annotations

import os
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


@pytest.mark.parametrize("module", ["index.operations.build", "search.live", "web.http.app"])
def test_threads_that_wait_sleep(module: str):
    """Told before numpy and FAISS are imported, for both read it then and never again."""
    program = f"""
import os, sys

class Watch:
    def find_spec(self, name, *_):
        if name in ("numpy", "faiss"):
            print([os.environ.get(each) for each in ("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT")])

sys.meta_path.insert(0, Watch())
import {module}
"""
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in ("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT")
    }
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=own
    )
    assert set(found.stdout.decode().splitlines()) == {"['PASSIVE', '4']"}
