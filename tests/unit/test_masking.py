"""Card numbers, NIK, OTP and PIN go; references, telephone numbers and amounts stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.masking import mask


@pytest.mark.parametrize(
    ("text", "masked", "found"),
    [
        ("kartu saya 4111 1111 1111 1111 ya", "kartu saya •••• •••• •••• 1111 ya", {"card"}),
        ("5500-0000-0000-0004", "••••-••••-••••-0004", {"card"}),
        ("no kartu:4111111111111111.", "no kartu:••••••••••••1111.", {"card"}),
        ("378282246310005", "•••••••••••0005", {"card"}),
        ("NIK 3174096505900002", "NIK ••••••••••••••••", {"nik"}),
        ("nik saya 3273 0112 0388 0001", "nik saya •••• •••• •••• ••••", {"nik"}),
        ("otp nya 482913 kak", "otp nya •••••• kak", {"otp"}),
        ("OTP: 123 456", "OTP: ••• •••", {"otp"}),
        ("kode verifikasi yang dikirim ke saya 4821", "kode verifikasi yang dikirim ke saya ••••", {"otp"}),
        ("482913 adalah kode OTP kamu", "•••••• adalah kode OTP kamu", {"otp"}),
        ("my pin is 1234", "my pin is ••••", {"pin"}),
        ("pin atm saya 123456", "pin atm saya ••••••", {"pin"}),
        ("cvv 123", "cvv •••", {"otp"}),
        ("4111111111111111 cvv 123 pin 9876", "••••••••••••1111 cvv ••• pin ••••", {"card", "otp", "pin"}),
    ],
)
def test_secrets_are_masked(text: str, masked: str, found: set[str]) -> None:
    assert (mask(text).text, mask(text).found) == (masked, found)


@pytest.mark.parametrize(
    "text",
    [
        "INC-7K3M9QX2",
        "INC-40961234",
        "081234567890",
        "+62 812 3456 7890",
        "+6281234567890",
        "6281234567890",
        "628123456789012",
        "hubungi 0812-3456-7890 jam 10.15",
        "Rp 1.500.000.000.000",
        "Rp1500000000000",
        "saldo terpotong 1.250.000,00",
        "VA 8808081234567890",
        "virtual account bca 4111111111111111",
        "order 4111111111111112",
        "2026-11-24 22:10:05.123456",
        "pin saya salah terus",
        "otp belum masuk, order 88213",
        "otp gak masuk ke 081234567890",
        "typing 123456 works",
        "pinjam 50000",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).found == frozenset()


@given(st.text(max_size=200))
def test_masking_keeps_the_length_and_all_but_digits(text: str) -> None:
    masked = mask(text).text
    assert len(masked) == len(text)
    assert all(new == old or (new == "•" and old.isdigit()) for new, old in zip(masked, text, strict=True))


def test_hostile_text_is_read_in_no_time() -> None:
    for text in ("1 " * 100_000, "otp " * 50_000, "otp - - - - - - - - " * 10_000, "4" * 200_000):
        mask(text)
