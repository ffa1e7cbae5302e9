"""Connections. SQLite in WAL with full syncs and immediate write transactions; PostgreSQL with its own defaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tickets.submission import Unavailable

DOOR_WAIT_MS = 1_500
OTHER_WAIT_MS = 5_000
# What is said about a value, not about the house. A schema that is missing or foreign is the house's fault.
_ABOUT_DATA = (DataError, IntegrityError, ProgrammingError, NotSupportedError)
_REPEAT = {"40001", "40P01"}
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs"}


class Conflict(Exception):
    """Two transactions were in each other's way and the database ended this one: repeat it from the start."""


class Database:
    """One database as one process uses it.

    ``door``: waits for a lock only as long as a customer may wait. ``checkpoints``: only the writer's process moves the
    write-ahead log into the file, because SQLite below 3.51.3 can lose commits when several do.
    """

    def __init__(self, url: str, *, door: bool = False, checkpoints: bool = False) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database) if self.sqlite and self.url.database else None
        self._wait_ms = DOOR_WAIT_MS if door else OTHER_WAIT_MS
        self._checkpoints = checkpoints
        self.engine = self._sqlite_engine() if self.sqlite else self._postgres_engine()
        self._inode: int | None = None

    def _postgres_engine(self) -> Engine:
        options = f"-c lock_timeout={self._wait_ms} -c timezone=UTC"
        return create_engine(
            self.url,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=8,
            pool_timeout=self._wait_ms / 1000,
            connect_args={"connect_timeout": 2, "options": options},
        )

    def _sqlite_engine(self) -> Engine:
        wait_s = self._wait_ms / 1000
        engine = create_engine(
            self.url, pool_size=8, max_overflow=8, pool_timeout=wait_s, connect_args={"timeout": wait_s}
        )

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _record: object) -> None:
            # The driver's own transaction control would begin too late and too weakly.
            connection.isolation_level = None
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                f"busy_timeout={self._wait_ms}",
                "cache_size=-16384",
                "temp_store=MEMORY",
                f"wal_autocheckpoint={1000 if self._checkpoints else 0}",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction.

        Errors of the house (lock, connection, disk) come out as ``Unavailable``, two writers in each other's way as
        ``Conflict``, errors about a value as they are. In each case nothing was written.
        """
        with self._judged(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One read transaction; the same errors."""
        with self._judged(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _judged(self) -> Iterator[None]:
        self._check_file()
        try:
            yield
        except PoolTimeout as error:
            raise Unavailable("database_busy") from error
        except DBAPIError as error:
            state = str(getattr(error.orig, "sqlstate", None) or "")
            if state in _REPEAT:
                raise Conflict(state) from error
            if isinstance(error, _ABOUT_DATA) and not error.connection_invalidated and not state.startswith("42"):
                raise
            raise Unavailable(house_reason(error)) from error

    def _check_file(self) -> None:
        # SQLite goes on writing into a file that somebody moved away or deleted; that would be a false yes.
        if self.path is None:
            return
        try:
            inode = self.path.stat().st_ino
        except FileNotFoundError:
            if self._inode is not None:
                raise Unavailable("database_gone") from None
            return
        if self._inode is None:
            self._inode = inode
        elif inode != self._inode:
            raise Unavailable("database_replaced")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def house_reason(error: DBAPIError) -> str:
    """A short code for an error that is nobody's message's fault."""
    words = str(error.orig).lower()
    for mark, reason in (("locked", "database_locked"), ("busy", "database_locked"), ("full", "disk_full")):
        if mark in words:
            return reason
    return "database_gone"


def on_network_file_system(path: Path) -> str | None:
    """The kind of a network file system that ``path`` lies on, or None. SQLite must not lie there (locks lie)."""
    try:
        mounts = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return None
    best, kind = "", ""
    resolved = str(path.resolve())
    for line in mounts:
        _, point, name, *_ = line.split(" ")
        if (resolved == point or resolved.startswith(point.rstrip("/") + "/")) and len(point) > len(best):
            best, kind = point, name
    return kind if kind in _NETWORK_FILE_SYSTEMS else None
