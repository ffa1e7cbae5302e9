"""The settings of one installation: the environment over `var/settings.env`, checked whole before anything starts.

Every problem comes back as one line that names the variable and what to do. Secrets never stand in a line or a repr.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from config.secret import Secret, make_once
from config.sources import read_sources
from config.values import Values

Provider = Literal["twilio", "telegram", "smtp"]
Sandbox = Literal["auto", "on", "off"]
PROVIDERS: Final[tuple[Provider, ...]] = ("twilio", "telegram", "smtp")

SANDBOX_ACCOUNT_SID: Final = "ACsandbox00000000000000000000000000"
SANDBOX_AUTH_TOKEN: Final = "sandbox-auth-token"
SANDBOX_WHATSAPP_FROM: Final = "whatsapp:+6281100000000"
SANDBOX_BOT_TOKEN: Final = "7000000001:sandbox-telegram-bot-token"
TELEGRAM_URL: Final = "https://api.telegram.org"
_LOOPBACK: Final = frozenset({"localhost", "::1", "0.0.0.0"})


class SettingsError(Exception):
    """Everything that is wrong with the settings; ``problems`` has one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class Twilio(msgspec.Struct, frozen=True, kw_only=True):
    """WhatsApp. ``base_url`` replaces every Twilio host; None means Twilio itself."""

    account_sid: str
    auth_token: Secret
    whatsapp_from: str
    base_url: str | None
    mode: Literal["webhook", "polling"]


class Telegram(msgspec.Struct, frozen=True, kw_only=True):
    """The agents' chat. ``content`` is how much of a customer's words Telegram may see."""

    bot_token: Secret
    base_url: str
    mode: Literal["polling", "webhook"]
    content: Literal["full", "masked", "link"]


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """Mail. Without a ``relay`` (``smtp://user:pass@host:port``) mail stays in the sandbox's mailboxes."""

    relay: Secret | None
    mail_from: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation runs with. A provider that is None is closed.

    ``played`` are the providers that the sandbox plays. ``secret_keys`` is empty when the key is the file in the data
    folder (``installation_keys``). ``redis_url`` is None for the embedded one. All paths are absolute.
    """

    root: Path
    http_host: str
    http_port: int
    smtp_host: str
    smtp_port: int
    data_dir: Path
    config_dir: Path
    database_url: str
    redis_url: str | None
    public_url: str
    secret_keys: tuple[Secret, ...]
    timezone: str
    language: Literal["id", "en"]
    sandbox: Sandbox
    sandbox_port: int
    played: frozenset[Provider]
    twilio: Twilio | None
    telegram: Telegram | None
    mail: Mail | None
    log: Literal["auto", "json", "text"]

    def __repr__(self) -> str:
        return f"Settings(data_dir={str(self.data_dir)!r}, played={sorted(self.played)!r})"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def public_is_local(self) -> bool:
        """Whether nobody but this machine can open the public address."""
        return is_loopback(Values.host(self.public_url))

    @property
    def http_url(self) -> str:
        """Where the product listens, as this machine reaches it."""
        return f"http://{_reachable(self.http_host)}:{self.http_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def clock_file(self) -> Path | None:
        """The file by which the sandbox moves the clock; None as soon as one real provider is connected."""
        opened = {"twilio": self.twilio, "telegram": self.telegram, "smtp": self.mail}
        live = [name for name, provider in opened.items() if provider is not None and name not in self.played]
        return self.data_dir / "clock.json" if self.played and not live else None

    @property
    def run_dir(self) -> Path:
        """Process ids and other short-lived files."""
        return self.data_dir / "run"


def load_settings(environ: Mapping[str, str], root: Path) -> Settings:
    """The settings as ``environ`` and the settings file under ``root`` give them.

    Raises ``SettingsError`` with everything that is wrong at once. Makes no file and opens no connection.
    """
    given, problems = read_sources(environ, root)
    values = Values(given, problems)
    sandbox: Sandbox = values.choice("SIGAP_SANDBOX", ("auto", "on", "off"))
    credentials: dict[Provider, bool] = {
        "twilio": values.whole("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SIGAP_WHATSAPP_FROM"),
        "telegram": values.whole("TELEGRAM_BOT_TOKEN"),
        "smtp": values.whole("SIGAP_SMTP_RELAY", "SIGAP_MAIL_FROM", optional="SIGAP_MAIL_FROM"),
    }
    played: frozenset[Provider] = frozenset(
        name for name in PROVIDERS if sandbox == "on" or (sandbox == "auto" and not credentials[name])
    )
    data_dir = values.path("SIGAP_DATA_DIR", root, "var/sandbox" if played else "var/live")
    http_host, http_port = values.text("SIGAP_HTTP_HOST", "127.0.0.1"), values.port("SIGAP_HTTP_PORT", 8080)
    sandbox_port = values.port("SIGAP_SANDBOX_PORT", 8090)
    opened = {name: name in played or credentials[name] for name in PROVIDERS}
    settings = Settings(
        root=root,
        http_host=http_host,
        http_port=http_port,
        smtp_host=values.text("SIGAP_SMTP_HOST", "127.0.0.1"),
        smtp_port=values.port("SIGAP_SMTP_PORT", 8025),
        data_dir=data_dir,
        config_dir=values.folder("SIGAP_CONFIG_DIR", root, "config"),
        database_url=values.database("SIGAP_DATABASE_URL", root, data_dir),
        redis_url=values.address("SIGAP_REDIS_URL", ("redis", "rediss", "unix")),
        public_url=values.address("SIGAP_PUBLIC_URL", ("http", "https"))
        or f"http://{_reachable(http_host)}:{http_port}",
        secret_keys=values.keys("SIGAP_SECRET_KEY"),
        timezone=values.zone("SIGAP_TIMEZONE", "Asia/Jakarta"),
        language=values.choice("SIGAP_LANGUAGE", ("id", "en")),
        sandbox=sandbox,
        sandbox_port=sandbox_port,
        played=played,
        twilio=_twilio(values, "twilio" in played, sandbox_port) if opened["twilio"] else None,
        telegram=_telegram(values, "telegram" in played, sandbox_port) if opened["telegram"] else None,
        mail=_mail(values, "smtp" in played) if opened["smtp"] else None,
        log=values.choice("SIGAP_LOG", ("auto", "json", "text")),
    )
    _check_together(settings, problems)
    if problems:
        raise SettingsError(problems)
    return settings


def installation_keys(settings: Settings) -> list[bytes]:
    """The keys that everything secret is derived from: the first makes, each is recognised.

    Without ``SIGAP_SECRET_KEY`` it is the file ``secret.key`` in the data folder, made at the first call.
    Raises OSError.
    """
    given = [key.reveal().encode() for key in settings.secret_keys]
    return given or [make_once(settings.data_dir / "secret.key").encode()]


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    return host in _LOOPBACK or host.startswith("127.") or host.endswith(".localhost")


def _twilio(values: Values, played: bool, port: int) -> Twilio:
    base = values.address("SIGAP_TWILIO_URL", ("http", "https"))
    mode: Literal["webhook", "polling"] = values.choice("SIGAP_WHATSAPP_MODE", ("webhook", "polling"))
    if played:
        return Twilio(
            account_sid=SANDBOX_ACCOUNT_SID,
            auth_token=Secret(SANDBOX_AUTH_TOKEN),
            whatsapp_from=SANDBOX_WHATSAPP_FROM,
            base_url=base or f"http://127.0.0.1:{port}",
            mode=mode,
        )
    sender = values.text("SIGAP_WHATSAPP_FROM", "")
    return Twilio(
        account_sid=values.text("TWILIO_ACCOUNT_SID", ""),
        auth_token=values.secret("TWILIO_AUTH_TOKEN"),
        whatsapp_from=sender if sender.startswith("whatsapp:") else f"whatsapp:{sender}",
        base_url=base,
        mode=mode,
    )


def _telegram(values: Values, played: bool, port: int) -> Telegram:
    base = values.address("SIGAP_TELEGRAM_URL", ("http", "https"))
    return Telegram(
        bot_token=Secret(SANDBOX_BOT_TOKEN) if played else values.bot_token("TELEGRAM_BOT_TOKEN"),
        base_url=base or (f"http://127.0.0.1:{port}" if played else TELEGRAM_URL),
        mode=values.choice("SIGAP_TELEGRAM_MODE", ("polling", "webhook")),
        content=values.choice("SIGAP_TELEGRAM_CONTENT", ("masked", "full", "link")),
    )


def _mail(values: Values, played: bool) -> Mail:
    return Mail(
        relay=None if played else values.relay("SIGAP_SMTP_RELAY"),
        mail_from=values.mail_address("SIGAP_MAIL_FROM", "support@sigap.test"),
    )


def _check_together(settings: Settings, problems: list[str]) -> None:
    ports = [("SIGAP_HTTP_PORT", settings.http_port), ("SIGAP_SMTP_PORT", settings.smtp_port)]
    if settings.played:
        ports.append(("SIGAP_SANDBOX_PORT", settings.sandbox_port))
    for index, (name, port) in enumerate(ports):
        problems += [f"{name} and {other} are both {port}" for other, taken in ports[:index] if taken == port and port]
    if not settings.sqlite and not settings.secret_keys:
        problems.append("SIGAP_SECRET_KEY is missing: with PostgreSQL every process needs the same one")


def _reachable(host: str) -> str:
    if host in {"", "0.0.0.0", "::"}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
