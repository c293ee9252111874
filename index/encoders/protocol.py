"""What an encoder is: texts in, unit vectors out.

An encoder turns a query or a passage into a vector so that texts of one meaning lie close, in
whatever language they are written. Everything that belongs to a model (its prefixes, dimension and
identity) stays behind this protocol; an index is stamped with `EncoderInfo` and refuses another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from index.arrays import Floats, Longs

Vectors = Floats

QUERY_CACHE = 512
"""Queries whose vectors are kept, unless somebody says otherwise: people page through results and refine."""


@dataclass(frozen=True)
class EncoderInfo:
    """Identity of an encoder, stamped on every index built with it.

    `id` names model, weights and precision (a digest of the files for a local model): vectors of
    two encoders are comparable if and only if their ids are equal.
    """

    id: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True)
class TokenStates:
    """The encoder's last hidden states of one text, before pooling.

    `states` has shape (tokens, dimension), special tokens and the prefix left out;
    `offsets`, shape (tokens, 2), are the half-open character spans of the tokens in the text as given.
    """

    states: Vectors
    offsets: Longs


@runtime_checkable
class Encoder(Protocol):
    """Texts in, L2-normalized float32 rows out; of no texts an array of shape (0, dimension).

    Called from several threads at once. Raises EncoderError when it cannot answer, of which
    TextRefusedError says that the fault is this text's own. One that waits for others asks
    `index.budget` how long it may: within a search that is a moment, and it is not tried again.
    Answers to queries are cached for a search by `search.encoder_guard`.
    """

    @property
    def info(self) -> EncoderInfo:
        """Identity, dimension and length limit."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension) for texts that ask."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension) for texts that answer, in the order given."""


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder whose token states can be read (local models only)."""

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        """Last hidden states per token of each text."""

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        """`encode_passages`; `visit` gets the number and the token states of each text on the way,
        in any order, so that nobody has to hold those of all of them."""
