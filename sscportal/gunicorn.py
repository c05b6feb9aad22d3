"""How gunicorn serves the portal: `gunicorn -c sscportal/gunicorn.py`.

What differs between installations comes from the settings. All options: https://gunicorn.org/reference/settings/
"""

import os
import sys
from http import HTTPStatus
from pathlib import Path
from socket import socket

from gunicorn import util

chdir = str(Path(__file__).resolve().parent.parent)
# gunicorn reads this file before it goes to that folder, so that the imports below have to wait for it.
sys.path.insert(0, chdir)

from cooperation.headers import EVERY_ANSWER, PUBLIC_POLICY, format_policy  # noqa: E402
from sscportal import settings  # noqa: E402

if os.environ.get("SCRIPT_NAME"):
    settings.stop("SCRIPT_NAME is set, which the portal does not read. Write URL_PREFIX instead.")

wsgi_app = "sscportal.wsgi"
bind = settings.BIND
workers = settings.WEB_CONCURRENCY
worker_class = "sscportal.worker.BoundedWorker"
# Twenty slow visitors in one process leave four threads, which is as many as its processor can use.
threads = 24
preload_app = True
# In memory, so that a worker starts on a disk that is full or read-only. gunicorn makes a file of its own there.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # nosec B108
control_socket_disable = True
# The portal writes a line for each request itself: cooperation/request_log.py.
accesslog = None

# A proxy on this computer says by one header that it speaks https. No other header may change what a request is: one
# named SCRIPT_NAME or PATH_INFO would change its path.
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""
header_map = "drop"

# Seconds. The portal keeps an idle connection longer than a proxy does (nginx: 60), so that it never closes one on
# which a request is just coming.
timeout = 30
graceful_timeout = 30
keepalive = 75

# The longest request line that gunicorn and nginx take. A question of 1,000 letters fits in; in scripts whose letters
# take three bytes (Thai, Chinese) one of 900.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

REFUSAL_HEADERS = {
    "Connection": "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": format_policy(PUBLIC_POLICY),
    "Cross-Origin-Resource-Policy": "same-origin",
    **EVERY_ANSWER,
}


def write_refusal(sock: socket, status_int: int, reason: str, mesg: str) -> None:
    """Answer a request that no part of the portal hears of, such as one with a line that is too long.

    The log says what was wrong with it (`mesg`). gunicorn's own answer repeats that, as a page without any header.
    """
    status = f"{status_int} {HTTPStatus(status_int).phrase}"
    content = f"{status}\n"
    headers = {**REFUSAL_HEADERS, "Content-Length": str(len(content))}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "", content]
    util.write_nonblock(sock, "\r\n".join(lines).encode())


# gunicorn has no setting for this. tests/test_headers_served.py holds that it takes the place of gunicorn's.
util.write_error = write_refusal
