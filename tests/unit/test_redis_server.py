"""The embedded Redis: no port, a socket whose path fits, and only in a folder of ours."""

from pathlib import Path

import pytest

from console import redis_server
from console.failure import Failure


def test_it_listens_on_a_socket_and_on_no_port(tmp_path: Path) -> None:
    command = redis_server.command(tmp_path)
    pairs = dict(zip(command[1::2], command[2::2], strict=True))
    assert pairs["--port"] == "0"
    assert pairs["--unixsocket"] == str(tmp_path / "redis.sock")
    assert (pairs["--appendonly"], pairs["--maxmemory-policy"]) == ("yes", "noeviction")


def test_a_deep_folder_gets_a_short_socket_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep, other = tmp_path / ("d" * 120), tmp_path / ("e" * 120)
    socket = redis_server.socket_path(deep)
    assert len(str(socket)) <= redis_server.LONGEST_SOCKET_PATH
    assert socket != redis_server.socket_path(other)
    redis_server.prepare_folders(deep)
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    socket.parent.chmod(0o777)
    with pytest.raises(Failure, match="not ours alone"):
        redis_server.prepare_folders(deep)


def test_without_any_server_the_operator_hears_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(redis_server, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match="SIGAP_REDIS_URL"):
        redis_server.command(tmp_path)
    program = tmp_path / "redis-server"
    program.touch(mode=0o755)
    assert redis_server.command(tmp_path)[0] == str(program)
