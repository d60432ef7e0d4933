"""A llama.cpp server for one process of ours: the program of its child process.

It listens on a Unix socket in a private folder, so that no other user and no other machine can
reach it.  llama.cpp runs outside our process because a crash would end the process with all its
documents.

The program imports nothing of corpus_norm: :mod:`corpus_norm.translation.engines.llm.runtime`
starts it by its path.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

READY = "ready"
"""The only line that the program writes, as soon as the model is loaded."""

CONTEXT_TOKENS = 2048
"""Tokens of a prompt and its answer together."""

_BATCH_TOKENS = 128  # with 512, the buffers take 230 MB more, and nothing is faster


def main() -> None:
    """Load a model, report that it is ready, and serve it until standard input ends.

    Standard input ends when the parent process does, even if it is killed.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path, help="GGUF file")
    parser.add_argument("--socket", type=Path, required=True, help="path of the socket to make")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    _server = serve(chosen.model, chosen.socket, chosen.threads)  # ends if nothing refers to it
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):  # the parent stops this process
        sys.stdin.buffer.read()
    with contextlib.suppress(OSError):
        chosen.socket.unlink(missing_ok=True)
        chosen.socket.parent.rmdir()
    os._exit(0)  # in the middle of an answer too, for which the end of the server would wait


def serve(model: Path, socket: Path, threads: int) -> object:
    """Start llama.cpp's server on a Unix socket and return it, with the model loaded."""
    import xllamacpp

    options = xllamacpp.CommonParams()
    options.model.path = str(model)
    options.hostnames = [str(socket)]
    options.n_ctx = CONTEXT_TOKENS
    options.n_batch = options.n_ubatch = _BATCH_TOKENS
    options.n_parallel = 1
    options.no_extra_bufts = True  # a copy of the weights in another order: 0.6 GB, no faster here
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
    options.n_gpu_layers = 0  # processors and GPUs round differently
    options.cache_ram_mib = 0  # keep no prompts of other texts (up to 8 GB)
    options.warmup = False
    options.verbosity = -1
    options.ui = False
    return xllamacpp.Server(options)


if __name__ == "__main__":
    main()
