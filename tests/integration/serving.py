"""The pages of ``browse`` served by a thread, and the thread ended in order."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress

from corpus_norm.browse import listen


@contextmanager
def serve(site):
    """A server that answers until it is left.

    The listening thread closes its own sockets: if another thread closed them between two calls of
    ``select``, the listening thread would fail with "bad file descriptor".
    """
    from waitress.wasyncore import close_all

    server = listen(site)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.task_dispatcher.shutdown()
        with suppress(OSError):  # the thread has closed already, woken by an answer
            server.trigger.pull_trigger(lambda: close_all(server._map))
        thread.join(timeout=20)
    assert not thread.is_alive()
