"""The files of docs/operate/: systemd and Redis take them, and each command in them runs as its user."""

import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.installation import NOT_COPIED, PROJECT, end, wait_until
from tests.operate_files import CODE, FOLDER, SETTINGS_FILE, UNITS, read_unit, replace

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

TASKS = sorted(path.name.removeprefix("sscportal@").removesuffix(".timer") for path in UNITS.glob("*.timer"))
SERVICES = ["sscportal.service", *(f"sscportal@{task}.service" for task in TASKS)]
UNIT_NAMES = [*SERVICES, *sorted(path.name for path in UNITS.iterdir() if path.suffix in (".socket", ".timer"))]
# In place of the user “portal”: somebody who is on every computer and owns nothing.
USER = "nobody"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
REDIS = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(not REDIS, reason="Redis is not installed here")


def read_with_drop_ins(name: str) -> str:
    """Read a unit as systemd does: from the template of its kind, with what a folder of its own changes."""
    template, instance = re.sub("@.*[.]service", "@.service", name), name.removeprefix("sscportal@").partition(".")[0]
    paths = [UNITS / template, *sorted((UNITS / f"{name}.d").glob("*.conf"))]
    return "\n".join(path.read_text() for path in paths).replace("%i", instance)


def can_run(program: Path | str) -> bool:
    """Tell whether the user can run a program: Python is often in a folder of root."""
    try:
        return subprocess.run([program, "-c", ""], user=USER, capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment(folder: Path) -> None:
    """Make the environment of these tests anew with a Python that everybody can run, usually that of the system."""
    pythons = [getattr(sys, "_base_executable", sys.executable), "/usr/bin/python3"]
    python = next(filter(can_run, pythons), None)
    if python is None:
        pytest.skip(f"no Python here can be run by {USER}")
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    ours = Path(sysconfig.get_path("purelib"))
    if packages.parent.name != ours.parent.name:
        pytest.skip(f"{USER} can run {packages.parent.name} alone, and these packages are for {ours.parent.name}")
    (packages / "shared.pth").write_text(f"{ours}\n")
    gunicorn = folder / "bin" / "gunicorn"
    gunicorn.write_text(f"#!{folder}/bin/python\nfrom gunicorn.app.wsgiapp import run\n\nrun()\n")
    gunicorn.chmod(0o755)


class Server:
    """An installation as docs/operate.md makes it, in a folder of its own: code of root, var/ of the user."""

    def __init__(self, folder: Path) -> None:
        self.code = folder / "portal"
        self.settings_file = folder / "sscportal.env"
        self.socket = folder / "portal.sock"

    def set_up(self, var: Path) -> None:
        shutil.copytree(PROJECT, self.code, ignore=NOT_COPIED)
        shutil.copytree(var, self.code / "var")
        make_environment(self.code / ".venv")
        for path in (self.socket.parent, self.code / "var", *(self.code / "var").rglob("*")):
            shutil.chown(path, USER)
        self.settings_file.write_text(
            f"ALLOWED_HOSTS='portal.example.org'\nDATABASE_URL='sqlite:///{self.code}/var/portal.sqlite3'\n"
        )

    def staged(self, text: str) -> str:
        return text.replace(CODE, str(self.code)).replace(SETTINGS_FILE, str(self.settings_file))

    def start(self, unit: str, on_socket: bool = False, **variables: str) -> subprocess.Popen:
        """Start the command of a unit as systemd does: as the user, in the folder, with the settings alone.

        `on_socket` opens the socket first and waits for somebody who connects.
        """
        values = read_unit(self.staged(read_with_drop_ins(unit)))
        [folder], [settings_file] = values["WorkingDirectory"], values["EnvironmentFile"]
        lines = Path(settings_file).read_text().splitlines()
        settings = dict(shlex.split(line)[0].split("=", 1) for line in lines if line[:1].isalpha())
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **settings, **variables}
        kept = [f"--setenv={name}" for name in environment]
        before = ["systemd-socket-activate", f"--listen={self.socket}", *kept] if on_socket else []
        return subprocess.Popen(
            [*before, *shlex.split(values["ExecStart"][-1])],
            cwd=folder,
            env=environment,
            user=USER,
            group=pwd.getpwnam(USER).pw_gid,
            extra_groups=[],
            umask=0o077,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def server(set_up_empty):
    """A `Server`, where somebody else can read it: folders of tests are for those alone who run them."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a command as another user")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder))
        server.set_up(set_up_empty.var)
        yield server


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The units beside one another, with programs that are there."""
    folder = tmp_path_factory.mktemp("units")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "gunicorn"):
        shutil.copy("/bin/true", programs / name)
    for name in UNIT_NAMES:
        (folder / name).write_text(read_with_drop_ins(name).replace(CODE, str(folder)))
    return folder


@needs_systemd
@pytest.mark.parametrize("name", UNIT_NAMES)
def test_systemd_finds_no_fault_in_unit(units, name):
    command = ["systemd-analyze", "verify", "--man=no", units / name]
    result = subprocess.run(
        command, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}, capture_output=True, text=True
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_service_is_hardened_to_an_exposure_of_at_most_1_2(units, name):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", units / name]
    result = subprocess.run(command, capture_output=True, text=True)
    [exposure] = re.findall(r"Overall exposure level for \S+: ([0-9.]+) ", result.stdout)
    assert float(exposure) <= 1.2


def test_document_names_every_task_and_every_file():
    document = (PROJECT / "docs" / "operate.md").read_text()
    table = document.partition("## To be run regularly")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `manage\.py (\w+)", table, re.MULTILINE)) == set(TASKS)
    files = [
        path.name for path in FOLDER.rglob("*") if path.is_file() and path.parent.name not in ("systemd", "errors")
    ]
    assert [name for name in files if name not in document] == []


def test_every_timer_names_a_command_of_the_portal():
    own = {name for name, app in get_commands().items() if app == "cooperation"}
    assert set(TASKS) - own == set()


@pytest.mark.parametrize("task", TASKS)
def test_task_runs_as_its_user(server, task):
    # Without a backup, watch has something to tell.
    for name in ["backup", task] if task == "watch" else [task]:
        process = server.start(f"sscportal@{name}.service")
        said, _errors = process.communicate(timeout=120)
        assert (process.returncode, "Traceback" in said) == (0, False), said


@needs_systemd
def test_service_runs_as_its_user_on_the_socket_that_systemd_opened(server):
    place = server.socket.parent / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        systemd.settimeout(60)
        place.chmod(0o777)
        process = server.start("sscportal.service", on_socket=True, NOTIFY_SOCKET=str(place))
        try:
            wait_until(server.socket.exists, process)
            page = ask(server.socket, "/projects/", "X-Forwarded-Proto: https")
            health = ask(server.socket, "/healthz")
            over_http = ask(server.socket, "/projects/", "X-Forwarded-Proto: http")
            told = systemd.recv(1_000)
        finally:
            end(process)
            process.stdout.close()
    assert b"READY=1" in told.splitlines()
    assert page.startswith(b"HTTP/1.1 200 OK")
    assert b"<h1>Projects" in page
    assert b"\r\nok\n\r\n" in health
    assert b"\r\nLocation: https://portal.example.org/projects/\r\n" in over_http


def ask(place: Path, path: str, *headers: str) -> bytes:
    lines = (f"GET {path} HTTP/1.1", "Host: portal.example.org", "Connection: close", *headers, "", "")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(place))
        connection.sendall("\r\n".join(lines).encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_sscportal_manage_runs_a_command_as_the_user_with_the_settings(server):
    script = replace((FOLDER / "sscportal-manage").read_text(), {CODE: str(server.code), "-u portal": f"-u {USER}"})
    command = [
        "sh",
        "-c",
        replace(script, {SETTINGS_FILE: str(server.settings_file)}),
        "sscportal-manage",
        "shell",
        "-c",
    ]
    python = "import os; from django.conf import settings; print(os.geteuid(), settings.ALLOWED_HOSTS)"
    result = subprocess.run([*command, python, "--no-imports"], capture_output=True, text=True, cwd="/")
    user = pwd.getpwnam(USER).pw_uid
    assert (result.stderr, result.stdout) == ("", f"{user} ['portal.example.org']\n")


def test_example_of_the_settings_leaves_nothing_to_warn_of(tmp_path):
    settings = replace((FOLDER / "sscportal.env").read_text(), {"/var/backups/sscportal": str(tmp_path)})
    (tmp_path / "sscportal.env").write_text(settings)
    script = '. "$1"; exec "$2" manage.py check --deploy --fail-level WARNING'
    command = ["sh", "-ac", script, "sh", tmp_path / "sscportal.env", sys.executable]
    variables = {"PATH": "/usr/bin:/bin", "SECRET_KEY": "coral rice kava tuna salt fern palm reef moon star"}
    result = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr


@needs_redis
def test_redis_keeps_pages_of_the_portal_and_nothing_on_the_disk(tmp_path):
    place = tmp_path / "redis.sock"
    text = replace((FOLDER / "redis.conf").read_text(), {"/run/redis/redis-server.sock": str(place)})
    (tmp_path / "redis.conf").write_text(text)
    process = subprocess.Popen([REDIS, "redis.conf"], cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        wait_until(place.exists, process)
        python = "from django.core.cache import cache; cache.set('page', 'Fiji'); print(cache.get('page'))"
        variables = {**os.environ, "CACHE_URL": f"rediscache://{place}?db=1"}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", python]
        result = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True)
        mode = place.stat().st_mode & 0o777
    finally:
        end(process)
    assert (result.stderr, result.stdout, oct(mode)) == ("", "Fiji\n", "0o770")
    assert {path.name for path in tmp_path.iterdir()} - {place.name} == {"redis.conf"}
