"""Runs an encoder from a local folder: onnxruntime for the network, tokenizers for the words.

The bundled model is such a folder; a user's own export works the same way
(`index.encoders.model_folder` says what has to be in it). One `LocalEncoder` may be used from many
threads.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from index.arrays import Longs
from index.batch_cache import BatchCache
from index.encoders.model_folder import EXPORT_HINT, ModelFolder, read_model_folder
from index.encoders.protocol import QUERY_CACHE, EncoderInfo, TokenStates, Vectors
from index.errors import EncoderError
from index.workers import cores

# Rows of one length are run together up to so many tokens: large enough to keep a core busy, small
# enough that the states of a batch stay in its cache.
BATCH_TOKENS = 512
BATCH_ROWS = 64
_CALL = 24
"""Tokens that take as long as a call of the network does by itself: more padding is not worth one call less."""
TOKENIZE_ROWS = 2048  # tokens take far more memory than text, so only so many texts at a time
FEW_QUERIES = 64
"""More at once are no reader's queries: they are not remembered."""

Visit = Callable[[int, TokenStates], None]
"""Called with the number of a text and its states."""

_Tokens = Any  # tokenizers.Encoding
_Result = TypeVar("_Result")
_Batch = tuple[list[int], list[_Tokens]]
"""Row numbers of texts, and their tokens."""


class LocalEncoder:
    """A `TokenEncoder` over an ONNX model on this machine."""

    def __init__(self, path: Path | str, *, threads: int = 0, query_cache: int = QUERY_CACHE):
        """Opens the encoder in folder `path`. `threads` 0 means every core; `query_cache` 0 keeps no
        query vectors. Raises EncoderError naming what is missing or damaged."""
        folder = self._folder = read_model_folder(Path(path).expanduser())
        self.info = EncoderInfo(folder.id, folder.dimension, folder.max_tokens)
        self._threads = threads if threads > 0 else cores()
        self._session = _open_session(folder.model)
        self._inputs = _known_inputs(self._session, folder)
        self._output = _states_output(self._session, folder)
        self._tokenizer = _open_tokenizer(folder)
        self._queries: BatchCache[str, tuple[Vectors, TokenStates]] = BatchCache(query_cache)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension). Recent ones come from memory."""
        if len(texts) > FEW_QUERIES:  # words of a lexicon: nobody is going to ask them again
            return self._encode(texts, self._folder.query_prefix)
        rows = [vector for vector, _ in self._queries.of(texts, self._encode_queries)]
        return np.array(rows, np.float32).reshape(len(texts), self._folder.dimension)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given."""
        return self._encode(texts, self._folder.passage_prefix)

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        """Last hidden states per token of each text, with the characters each token came from.

        Those of recent queries come from memory.
        """
        if query:
            return [states for _, states in self._queries.of(texts, self._encode_queries)]
        result: list[TokenStates | None] = [None] * len(texts)
        self.encode_with_states(texts, result.__setitem__)
        return cast("list[TokenStates]", result)

    def encode_with_states(self, texts: Sequence[str], visit: Visit) -> Vectors:
        """`encode_passages`; `visit` gets the number and the states of each text, in any order."""
        return self._encode(texts, self._folder.passage_prefix, visit)

    def _encode_queries(self, texts: Sequence[str]) -> list[tuple[Vectors, TokenStates]]:
        states: list[TokenStates | None] = [None] * len(texts)
        vectors = self._encode(texts, self._folder.query_prefix, states.__setitem__)
        # Copies: a row would keep its whole batch alive.
        return [
            (vector.copy(), TokenStates(each.states.copy(), each.offsets))
            for vector, each in zip(vectors, cast("list[TokenStates]", states), strict=True)
        ]

    def _encode(self, texts: Sequence[str], prefix: str, visit: Visit | None = None) -> Vectors:
        """Unit vectors of the texts, the longest first. With `visit` the states of each batch are kept
        until it has seen them.

        Each batch runs on one core, several at once: no core waits for another inside an operator.
        """
        vectors = np.empty((len(texts), self._folder.dimension), np.float32)

        def run(batch: _Batch) -> tuple[_Batch, Vectors, Vectors | None]:
            states, mask = self._states(batch[1])
            return batch, _pool(states, mask, self._folder.pooling), states if visit else None

        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        for start in range(0, len(order), TOKENIZE_ROWS):
            rows = order[start : start + TOKENIZE_ROWS]
            tokens = self._tokenize([prefix + texts[row] for row in rows])
            plan = _plan([len(entry) for entry in tokens])
            batches = [
                ([rows[at] for at in chosen], [tokens[at] for at in chosen]) for chosen in plan
            ]
            for (own, entries), pooled, states in self._in_threads(run, batches):
                vectors[own] = pooled
                if visit and states is not None:
                    for row, entry, each in zip(own, entries, states, strict=True):
                        visit(row, _own_tokens(entry, each, texts[row], len(prefix)))
        return vectors

    def _tokenize(self, texts: list[str]) -> list[_Tokens]:
        try:
            return cast("list[_Tokens]", self._tokenizer.encode_batch(texts))
        except (UnicodeError, TypeError):
            # Half of a surrogate pair, which broken files hold, is no character; "?" is as long.
            whole = [text.encode("utf-8", "replace").decode() for text in texts]
            return cast("list[_Tokens]", self._tokenizer.encode_batch(whole))

    def _in_threads(
        self, work: Callable[[_Batch], _Result], batches: list[_Batch]
    ) -> Iterator[_Result]:
        if self._threads == 1 or len(batches) == 1:
            yield from map(work, batches)
            return
        executor = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")
        try:
            yield from executor.map(work, batches)
        finally:  # after an error or Ctrl-C, batches that have not begun are not wanted
            executor.shutdown(cancel_futures=True)

    def _states(self, tokens: list[_Tokens]) -> tuple[Vectors, Longs]:
        """Runs the network on one batch: states (rows, tokens, dimension), mask (rows, tokens)."""
        width = max(len(entry) for entry in tokens)
        ids = np.full((len(tokens), width), self._folder.pad_id, np.int64)
        mask = np.zeros((len(tokens), width), np.int64)
        for row, entry in enumerate(tokens):
            ids[row, : len(entry)] = entry.ids
            mask[row, : len(entry)] = 1
        return self._run(ids, mask), mask

    def _run(self, ids: Longs, mask: Longs) -> Vectors:
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            (states,) = self._session.run(
                [self._output], {name: values[name] for name in self._inputs}
            )
        except Exception as error:  # onnxruntime raises classes of its own, made in C++
            raise EncoderError(f"The encoder {self._folder.id} failed: {error}") from error
        if states.shape[-1] != self._folder.dimension:
            raise _wrong_size(self._folder, states.shape[-1])
        return cast(Vectors, states)


def _plan(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers in batches of like length, so that little of a batch is padding: a query and its new
    words are two."""
    batch: list[int] = []
    width = padding = 0
    for row in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        width = width if batch else lengths[row]
        full = len(batch) == BATCH_ROWS or (len(batch) + 1) * width > BATCH_TOKENS
        padding += width - lengths[row]
        if batch and (full or padding > _CALL):
            yield batch
            batch, width, padding = [], lengths[row], 0
        batch.append(row)
    if batch:
        yield batch


def _pool(states: Vectors, mask: Longs, pooling: str) -> Vectors:
    """One unit vector per row: the mean of its tokens' states, or its first token's."""
    if pooling == "cls":
        pooled = states[:, 0]
    else:
        pooled = np.matmul(mask[:, None, :].astype(np.float32), states)[:, 0]
    norms = np.linalg.norm(pooled, axis=1, keepdims=True)
    return cast(Vectors, pooled / np.maximum(norms, np.float32(1e-12)))


def _own_tokens(tokens: _Tokens, states: Vectors, text: str, skip: int) -> TokenStates:
    """The tokens that came from `text` itself: no special ones and none of the prefix.

    `tokens.offsets` count from the start of the prefix, which has `skip` characters.
    """
    special = tokens.special_tokens_mask
    keep = [
        at
        for at, (start, end) in enumerate(tokens.offsets)
        if not special[at] and end > max(skip, start)
    ]
    spans = [(max(tokens.offsets[at][0] - skip, 0), tokens.offsets[at][1] - skip) for at in keep]
    nexts = [start for start, _end in spans[1:]] + [len(text)]
    offsets = [
        (start, _after_marks(text, end, following))
        for (start, end), following in zip(spans, nexts, strict=False)
    ]
    return TokenStates(states[keep], np.array(offsets, np.int64).reshape(-1, 2))


def _after_marks(text: str, end: int, limit: int) -> int:
    """The end of a token moved behind the marks that belong to its last letter.

    Where letter and mark are read as one composed letter, the tokenizer names the letter only.
    """
    while end < limit and unicodedata.combining(text[end]):
        end += 1
    return end


def _open_session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderError(
            f"onnxruntime cannot be loaded: {error}.", hint="Install it: pip install onnxruntime"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # batches run side by side instead, see `_in_threads`
    options.log_severity_level = 3  # errors only: they reach the user as EncoderError
    try:
        return onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            # It replaces an addition and a normalization by one operator that is six times slower.
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:  # onnxruntime raises classes of its own, made in C++
        raise EncoderError(
            f"{path} cannot be loaded: {error}", hint="The file may be cut short; write it again."
        ) from error


def _known_inputs(session: Any, folder: ModelFolder) -> list[str]:
    """The inputs the model wants, all of which have to be among the usual three."""
    names = [str(entry.name) for entry in session.get_inputs()]
    for name in names:
        if name not in ("input_ids", "attention_mask", "token_type_ids"):
            raise EncoderError(
                f"{folder.model} asks for the input {name}, which a text encoder does not have.",
                hint=EXPORT_HINT,
            )
    return names


def _states_output(session: Any, folder: ModelFolder) -> str:
    """The output that holds one state per token, which has three axes."""
    outputs = session.get_outputs()
    for output in outputs:
        if output.name == "last_hidden_state" or len(output.shape) == 3:
            size = output.shape[-1]  # a name instead of a number where the model leaves it open
            if isinstance(size, int) and size != folder.dimension:
                raise _wrong_size(folder, size)
            return str(output.name)
    raise EncoderError(
        f"{folder.model} gives {', '.join(output.name for output in outputs)}, no state per token.",
        hint="Export it for the task feature-extraction, so that it gives last_hidden_state.",
    )


def _wrong_size(folder: ModelFolder, size: int) -> EncoderError:
    return EncoderError(
        f"{folder.model} gives states of {size} numbers, config.json says hidden_size "
        f"{folder.dimension}.",
        hint="The two files are not of one model; export it again.",
    )


def _open_tokenizer(folder: ModelFolder) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    except Exception as error:  # tokenizers raises plain Exception
        raise EncoderError(f"{folder.tokenizer} cannot be loaded: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer
