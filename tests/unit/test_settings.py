"""Settings: what is given holds, and what is wrong is said at once, in lines that name the variable."""

from pathlib import Path

import pytest

from config.settings import SANDBOX_ACCOUNT_SID, Settings, SettingsError, installation_keys, load_settings

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "twilio-secret-token",
    "SIGAP_WHATSAPP_FROM": "+6281100000001",
}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "12345:telegram-secret-token"}
MAIL = {"SIGAP_SMTP_RELAY": "smtp://user:mail-secret@mail.example:587", "SIGAP_MAIL_FROM": "help@example.com"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "var").mkdir()
    return tmp_path


def write(root: Path, text: str, mode: int = 0o600) -> None:
    path = root / "var" / "settings.env"
    path.write_text(text)
    path.chmod(mode)


def problems(environ: dict[str, str], root: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, root)
    assert all("\n" not in line for line in caught.value.problems)
    return list(caught.value.problems)


def test_a_fresh_clone_plays_every_provider(root: Path) -> None:
    settings = load_settings({}, root)
    assert settings.played == {"twilio", "telegram", "smtp"}
    assert settings.data_dir == root / "var/sandbox"
    assert settings.database_url == f"sqlite:///{root}/var/sandbox/sigap.db"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.twilio is not None
    assert settings.twilio.account_sid == SANDBOX_ACCOUNT_SID
    assert settings.twilio.base_url == "http://127.0.0.1:8090"
    assert settings.telegram is not None
    assert (settings.telegram.base_url, settings.telegram.content) == ("http://127.0.0.1:8090", "masked")
    assert settings.clock_file == root / "var/sandbox/clock.json"


def test_with_every_credential_nothing_is_played_and_no_clock_can_be_moved(root: Path) -> None:
    settings = load_settings({**TWILIO, **TELEGRAM, **MAIL}, root)
    assert settings.played == frozenset()
    assert settings.data_dir == root / "var/live"
    assert settings.clock_file is None
    assert settings.twilio is not None
    assert settings.twilio.whatsapp_from == "whatsapp:+6281100000001"
    assert settings.twilio.base_url is None
    assert settings.telegram is not None
    assert settings.telegram.base_url == "https://api.telegram.org"


def test_one_real_provider_is_enough_to_nail_the_clock_down(root: Path) -> None:
    settings = load_settings(TELEGRAM, root)
    assert settings.played == {"twilio", "smtp"}
    assert settings.clock_file is None


def test_off_closes_what_has_no_credentials(root: Path) -> None:
    settings = load_settings({"SIGAP_SANDBOX": "off", **TELEGRAM}, root)
    assert settings.twilio is None
    assert settings.mail is None
    assert settings.telegram is not None
    assert settings.played == frozenset()


def test_on_plays_even_what_has_credentials(root: Path) -> None:
    settings = load_settings({"SIGAP_SANDBOX": "on", **TWILIO}, root)
    assert settings.twilio is not None
    assert settings.twilio.account_sid == SANDBOX_ACCOUNT_SID


@pytest.mark.parametrize("missing", sorted(TWILIO))
def test_half_a_credential_names_the_missing_part(root: Path, missing: str) -> None:
    (line,) = problems({name: value for name, value in TWILIO.items() if name != missing}, root)
    assert line.startswith(f"{missing} is missing")


def test_a_relay_needs_a_sender_and_a_whole_login(root: Path) -> None:
    assert problems({"SIGAP_SMTP_RELAY": "smtp://mail.example:25"}, root)[0].startswith("SIGAP_MAIL_FROM is missing")
    assert "no password" in problems({**MAIL, "SIGAP_SMTP_RELAY": "smtp://user@mail.example"}, root)[0]
    assert load_settings({"SIGAP_MAIL_FROM": "help@example.com"}, root).mail is not None


def test_everything_wrong_is_said_at_once(root: Path) -> None:
    found = problems(
        {
            "SIGAP_HTP_PORT": "8080",
            "SIGAP_HTTP_PORT": "eighty",
            "SIGAP_TIMEZONE": "Asia/Jakrta",
            "SIGAP_LANGUAGE": "en-GB",
            "SIGAP_DATABASE_URL": "postgres://x@y/z",
            "SIGAP_CONFIG_DIR": "nowhere",
            "TWILIO_AUTH_TOKEN": "x",
        },
        root,
    )
    assert len(found) == 8
    assert "SIGAP_HTP_PORT (environment) is no setting; did you mean SIGAP_HTTP_PORT?" in found


def test_two_doors_cannot_share_a_port(root: Path) -> None:
    assert problems({"SIGAP_HTTP_PORT": "8090"}, root) == ["SIGAP_SANDBOX_PORT and SIGAP_HTTP_PORT are both 8090"]


def test_the_environment_wins_over_the_file(root: Path) -> None:
    write(root, "# mine\nSIGAP_HTTP_PORT=9000\nexport SIGAP_LANGUAGE='en'\n")
    settings = load_settings({"SIGAP_HTTP_PORT": "9001"}, root)
    assert (settings.http_port, settings.language, settings.public_url) == (9001, "en", "http://127.0.0.1:9001")


def test_a_file_that_others_may_read_is_refused(root: Path) -> None:
    write(root, "SIGAP_HTTP_PORT=9000\n", mode=0o644)
    assert problems({}, root) == [
        "var/settings.env holds secrets and others may read it; run: chmod 600 var/settings.env"
    ]


def test_a_bad_line_of_the_file_is_named_by_its_number(root: Path) -> None:
    write(root, "\nSIGAP_HTTP_PORT\nSIGAP_LANGAUGE=id\nSIGAP_LANGUAGE=id\nSIGAP_LANGUAGE=en\n")
    assert problems({}, root) == [
        "var/settings.env:2: a line reads NAME=value",
        "SIGAP_LANGAUGE (var/settings.env:3) is no setting; did you mean SIGAP_LANGUAGE?",
        "var/settings.env:5: SIGAP_LANGUAGE stands there twice",
    ]


def test_a_secret_may_come_from_a_file_of_its_own(root: Path) -> None:
    (root / "token").write_text("12345:from-a-file\n")
    settings = load_settings({"TELEGRAM_BOT_TOKEN_FILE": "token"}, root)
    assert settings.telegram is not None
    assert settings.telegram.bot_token.reveal() == "12345:from-a-file"
    assert "cannot be read" in problems({"TELEGRAM_BOT_TOKEN_FILE": "nowhere"}, root)[0]
    assert "both set" in problems({"TELEGRAM_BOT_TOKEN_FILE": "token", **TELEGRAM}, root)[0]


def test_the_environment_beats_a_secret_file_that_the_settings_file_names(root: Path) -> None:
    (root / "token").write_text("12345:from-a-file\n")
    write(root, "TELEGRAM_BOT_TOKEN_FILE=token\n")
    settings = load_settings(TELEGRAM, root)
    assert settings.telegram is not None
    assert settings.telegram.bot_token.reveal() == TELEGRAM["TELEGRAM_BOT_TOKEN"]


def test_no_secret_stands_in_a_repr_or_in_a_problem(root: Path) -> None:
    environ = {**TWILIO, **TELEGRAM, **MAIL, "SIGAP_SECRET_KEY": "k" * 40, "SIGAP_REDIS_URL": "redis://:hush@h/0"}
    settings = load_settings(environ, root)
    shown = repr(settings) + repr(settings.twilio) + repr(settings.telegram) + repr(settings.mail)
    shown += " ".join(problems({**environ, "SIGAP_HTTP_PORT": "0"}, root))
    for secret in ("twilio-secret-token", "telegram-secret-token", "mail-secret", "kkkk", "hush"):
        assert secret not in shown


def test_postgresql_needs_a_key_of_its_own(root: Path) -> None:
    environ = {"SIGAP_DATABASE_URL": "postgresql+psycopg://sigap@db/sigap"}
    assert problems(environ, root)[0].startswith("SIGAP_SECRET_KEY is missing")
    assert load_settings({**environ, "SIGAP_SECRET_KEY": f"{'n' * 32},{'o' * 32}"}, root).sqlite is False


def test_the_key_of_an_installation_is_made_once_and_is_nobody_elses(settings: Settings) -> None:
    assert not settings.data_dir.exists()
    keys = installation_keys(settings)
    assert keys == installation_keys(settings)
    assert len(keys[0]) >= 32
    assert (settings.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    ("public", "local"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:1", True),
        ("https://a.example", False),
    ],
)
def test_a_loopback_address_is_known(root: Path, public: str, local: bool) -> None:
    assert load_settings({"SIGAP_PUBLIC_URL": public}, root).public_is_local is local
