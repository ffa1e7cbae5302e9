"""Greetings, thanks and the exact words that stop and start our messages."""

from pathlib import Path

import pytest

from config.wordlists import load_words
from tickets.speech import Speech, recognise

WORDS = load_words(Path(__file__).parents[2] / "config" / "words")
GREETINGS = [
    "P", "p", "ping", "Tes", "test", "🙏", "👋", "halo kak", "min", "min?", "halooo", "Selamat pagi pak", "pagi",
    "assalamualaikum", "Assalamu'alaikum kak", "permisi min", "mau tanya dong", "Hello", "hi there",
    "good morning team", "kak", "p min", "?", "...", "halo selamat malam kak", "hai 👋", "punten kang", "anyone there?",
]  # fmt: skip
COURTESIES = [
    "makasih", "makasih ya kak 🙏", "ok", "oke siap", "sip", "siap", "👍", "👍👍", "thanks", "Thank you so much!",
    "thx min", "terima kasih banyak", "matur nuwun", "noted", "halo, makasih", "okay", "got it",
]  # fmt: skip
CONTENT = [
    "halo min checkout error", "wifi", "p wifi mati", "makasih tapi masih error", "iya", "belum", "sudah bisa", "1",
    "STOP min", "tolong berhenti kirim", "start the server", "mesin berhenti", "selamat pagi, vpn mati", "", "   ",
    "hi my card was declined", "ok tapi kok belum masuk",
]  # fmt: skip


@pytest.mark.parametrize("text", GREETINGS)
def test_greetings_open_nothing(text: str) -> None:
    assert recognise(text, WORDS) is Speech.GREETING


@pytest.mark.proves("N3")
@pytest.mark.parametrize("text", COURTESIES)
def test_courtesies_reopen_nothing(text: str) -> None:
    assert recognise(text, WORDS) is Speech.COURTESY


@pytest.mark.proves("D4", "D6")
@pytest.mark.parametrize("text", CONTENT)
def test_everything_else_is_content(text: str) -> None:
    assert recognise(text, WORDS) is Speech.CONTENT


@pytest.mark.parametrize("text", ["BERHENTI", "berhenti", " Stop. ", "STOP"])
def test_only_the_exact_word_stops(text: str) -> None:
    assert recognise(text, WORDS) is Speech.OPT_OUT


@pytest.mark.parametrize("text", ["MULAI", "mulai", "START"])
def test_the_exact_word_starts_again(text: str) -> None:
    assert recognise(text, WORDS) is Speech.OPT_IN
