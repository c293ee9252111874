"""Fetch the page's Urdu fonts again, from their npm packages, and check them: `make fonts`.

    python scripts/fonts.py            fetch (needs npm), check, write web/static/fonts/
    python scripts/fonts.py --check    only check what is there (needs nothing)

Only a maintainer runs this: the fonts are kept in the repository and ship with the wheel. A file's
name carries the beginning of its SHA-256, so that browsers may keep it for ever and a stylesheet
can name it without knowing of digests.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[1] / "web" / "static" / "fonts"


class Font(NamedTuple):
    """A file of a package, and what it has to be."""

    package: str
    version: str
    file: str
    sha256: str

    @property
    def name(self) -> str:
        """What the file is called here."""
        if self.file == "LICENSE":
            return f"OFL-{Path(self.package).name}.txt"
        path = Path(self.file)
        return f"{path.stem}.{self.sha256[:8]}{path.suffix}"


NASTALIQ, NASKH = "@fontsource/noto-nastaliq-urdu", "@fontsource/noto-naskh-arabic"
FONTS = (
    Font(
        NASTALIQ,
        "5.3.0",
        "files/noto-nastaliq-urdu-arabic-400-normal.woff2",
        "fecd45d69436d911d79ff10fc39ca7f7022cbe05214bc07f931820b7c7a7d15c",
    ),
    Font(
        NASTALIQ,
        "5.3.0",
        "LICENSE",
        "7bf7d1817212a17ca88f90072afe1253b54bb02b1730f09da4247625eb04f745",
    ),
    Font(
        NASKH,
        "5.3.0",
        "files/noto-naskh-arabic-arabic-400-normal.woff2",
        "9cc2d2e90f7b51904468558b4ed529de8a8206497c8edb5e33122bd077e0158c",
    ),
    Font(
        NASKH,
        "5.3.0",
        "files/noto-naskh-arabic-arabic-700-normal.woff2",
        "d2d8e6b155248d6706e2e9c6019e88d435873801efe3d5a3ed6f0ab69aa1511e",
    ),
    Font(
        NASKH,
        "5.3.0",
        "LICENSE",
        "91053c23e8a0fe5fc9b5fdbe5ff74ceffd66f6f996c123f1a6ca4c23487c1fff",
    ),
)


def fetched(package: str, version: str) -> Iterator[tuple[Font, bytes]]:
    """The files of one package that are wanted, with their content."""
    wanted = [font for font in FONTS if (font.package, font.version) == (package, version)]
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"]
        subprocess.run(command, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as files:
            for font in wanted:
                member = files.extractfile(f"package/{font.file}")
                if member is None:
                    raise SystemExit(f"{package} {version} has no file {font.file}.")
                yield font, member.read()


def checked(font: Font, content: bytes) -> bytes:
    """The content, if it is what it has to be."""
    digest = hashlib.sha256(content).hexdigest()
    if digest != font.sha256:
        raise SystemExit(f"{font.package} {font.version}, {font.file}: SHA-256 is {digest}.")
    return content


def main() -> None:
    """Fetch and write, or only check."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only check the files that are there")
    if not parser.parse_args().check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for package, version in dict.fromkeys((font.package, font.version) for font in FONTS):
            for font, content in fetched(package, version):
                (FOLDER / font.name).write_bytes(checked(font, content))
    for font in FONTS:
        content = checked(font, (FOLDER / font.name).read_bytes())
        print(f"{font.name}  {len(content):,} bytes, as it should be", file=sys.stdout)


if __name__ == "__main__":
    main()
