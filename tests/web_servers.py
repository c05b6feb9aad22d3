"""Web servers on this machine for tests: polite ones, and such as answer with whatever bytes they like."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.server.times.append(monotonic())
        answers = self.server.pages.get(self.path, [404])
        status, *rest = answers.pop(0) if isinstance(answers[0], list) else answers
        headers = dict(rest[0]) if rest else {}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        body = b"" if status in (204, 304) else b"Memorandum of understanding"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET = answer  # noqa: N815

    def log_message(self, *_arguments):
        pass


@contextmanager
def web_server(pages, host="127.0.0.1", tls=None):
    """A server of `pages`: `{path: [status, headers]}`, or a list of such answers, each given once.

    `address` is where it is, `asked` what it was asked: `[(method, path, headers), ...]`,
    `times` when (of `monotonic`).
    """
    server = ThreadingHTTPServer((host, 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.pages, server.asked, server.times, server.daemon_threads = pages, [], [], True
    server.handle_error = lambda *_arguments: None
    server.address = f"{'https' if tls else 'http'}://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def raw_server(pieces, pause=0):
    """The address of a server that sends `pieces()` of bytes to whoever connects, `pause` seconds apart, then waits."""
    listening = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def serve(connected):
        with connected:
            try:
                connected.recv(10_000)
                for piece in pieces():
                    connected.sendall(piece)
                    if is_over.wait(pause):
                        return
                is_over.wait(10)
            except OSError:
                pass  # the client went away, as it should

    def accept():
        while True:
            try:
                connected, _address = listening.accept()
            except OSError:
                return
            workers.append(threading.Thread(target=serve, args=[connected]))
            workers[-1].start()

    workers = [threading.Thread(target=accept)]
    workers[0].start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        is_over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for worker in workers:
            worker.join()
