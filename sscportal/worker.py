"""A worker of gunicorn that gives up on whoever is too slow, so that nobody keeps a thread for ever."""

import contextlib
import errno
import socket
import struct
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Seconds, of which gunicorn knows none: for the head of a request, for its body and all that the portal does with it,
# and for a piece of an answer that nobody reads.
HEAD_SECONDS = 10
BODY_SECONDS = 60
UNREAD_SECONDS = 30


class BoundedWorker(ThreadWorker):
    """A worker with threads that reads no request for longer than the seconds above."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # {connection: when reading from it ends}, of those that have a thread
        self.ends: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Answer a request in a thread."""
        self.ends[conn] = monotonic() + HEAD_SECONDS
        # In a blocking socket the system counts this time: its parts are seconds and microseconds.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", UNREAD_SECONDS, 0))
        try:
            return super().handle(conn)
        finally:
            self.ends.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there."""
        self.ends[conn] = monotonic() + BODY_SECONDS
        try:
            return super().handle_request(req, conn)
        except BlockingIOError as error:
            # As if the reader had gone away, of which gunicorn makes no traceback.
            raise BrokenPipeError(errno.EPIPE, "Nobody read the answer.") from error

    def murder_pending(self) -> None:
        """End what takes too long: gunicorn calls this each second."""
        super().murder_pending()
        now = monotonic()
        for conn, end in list(self.ends.items()):
            if end < now and self.ends.pop(conn, 0.0):
                # Its thread reads the end of the request, and closes the connection.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
