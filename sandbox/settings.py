"""What the sandbox reads from its environment, and the credentials that everybody may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ACCOUNT_SID: Final = "ACsandbox00000000000000000000000000"
AUTH_TOKEN: Final = "sandbox-auth-token"
WHATSAPP_FROM: Final = "whatsapp:+6281100000000"
BOT_ID: Final = 7000000001
BOT_TOKEN: Final = f"{BOT_ID}:sandbox-telegram-bot-token"
BOT_USERNAME: Final = "sigap_sandbox_bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the sandbox listens, where the product is, and which files and sockets join the two.

    ``signed_url`` is the public address that the product believes to have: webhooks are signed for it, while they are
    sent to ``product_url``. A path that is None switches off what needs it.
    """

    host: str = "127.0.0.1"
    port: int = 8090
    product_url: str = "http://127.0.0.1:8080"
    signed_url: str = "http://127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8090"
    clock_file: Path | None = None
    state_file: Path | None = None
    api_token: str | None = None
    api_token_file: Path | None = None
    worker_pid_file: Path | None = None
    redis_socket: Path | None = None

    def token(self) -> str | None:
        """The product's API token, read anew at each use: the product may make it after the sandbox has started."""
        if self.api_token:
            return self.api_token
        if self.api_token_file and self.api_token_file.is_file():
            return self.api_token_file.read_text(encoding="utf-8").strip() or None
        return None


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; an empty value is as good as none. Raises ValueError for a port that is none."""

    def path(name: str) -> Path | None:
        return Path(value) if (value := environment.get(name)) else None

    port = int(environment.get("SIGAP_SANDBOX_PORT") or 8090)
    if not 0 <= port <= 65535:
        raise ValueError(f"SIGAP_SANDBOX_PORT must lie between 0 and 65535, not {port}")
    host = environment.get("SANDBOX_HOST") or "127.0.0.1"
    product = (environment.get("SANDBOX_PRODUCT_URL") or "http://127.0.0.1:8080").rstrip("/")
    folder = path("SANDBOX_DATA_DIR")
    return Settings(
        host=host,
        port=port,
        product_url=product,
        signed_url=(environment.get("SANDBOX_SIGNED_URL") or product).rstrip("/"),
        public_url=(environment.get("SANDBOX_PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        clock_file=path("SANDBOX_CLOCK_FILE") or (folder / "clock.json" if folder else None),
        state_file=folder / "state.json" if folder else None,
        api_token=environment.get("SANDBOX_API_TOKEN") or None,
        api_token_file=path("SANDBOX_API_TOKEN_FILE"),
        worker_pid_file=path("SANDBOX_KILL_WORKER_PID_FILE"),
        redis_socket=path("SANDBOX_REDIS_SOCKET"),
    )
