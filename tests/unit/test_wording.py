"""What people type, brought into plain words; and the word lists that it rests on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.problems import ConfigErrors
from config.wordlists import MEANINGS, load_words
from tickets.wording import normalise

FOLDER = Path(__file__).parents[2] / "config" / "words"
WORDS = load_words(FOLDER)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Erroorrr", "error"),
        ("ga bisaaa", "tidak bisa"),
        ("gk bs login", "tidak bisa login"),
        ("blm bs, sdh dicoba", "belum bisa sudah dicoba"),
        ("ora iso", "tidak bisa"),
        ("ttp ndak bs skrg", "tetap tidak bisa sekarang"),
        ("udh beres min", "sudah beres"),
        ("kak Pak BU mas gan", ""),
        ("putus-putus", "putus putus"),
        ("muter2", "muter muter"),
        ("lemotnya", "lemot"),
        ("wifinya", "wifi"),
        ("bertanya", "bertanya"),
        ("doesn’t work", "does not work"),
        ("can't pay", "can not pay"),
        ("cannot pay", "can not pay"),
        ("it's OK", "it is oke"),
        ("ＧＡＧＡＬ", "gagal"),
        ("eror lagi", "error lagi"),
        ("checkout", "checkout"),
    ],
)
def test_plain_words(typed: str, plain: str) -> None:
    assert normalise(typed, WORDS).text == plain


def test_clauses_end_at_stops_and_lines_and_know_questions() -> None:
    plain = normalise("sudah bisa? belum!\nmasih error", WORDS)
    assert [(clause.words, clause.asks) for clause in plain.clauses] == [
        (("sudah", "bisa"), True),
        (("belum",), False),
        (("masih", "error"), False),
    ]


def test_emoji_stand_beside_the_words() -> None:
    plain = normalise("makasih kak 🙏🏽👍", WORDS)
    assert (plain.text, plain.marks, plain.called) == ("terima kasih", ("🙏", "👍"), True)


@given(st.text(max_size=300))
def test_any_text_is_read(typed: str) -> None:
    plain = normalise(typed, WORDS)
    assert normalise(typed, WORDS) == plain


def test_hostile_text_is_read_in_no_time() -> None:
    assert normalise("a" * 1_000_000, WORDS).words
    assert normalise("aA!? " * 200_000, WORDS).words


def test_every_meaning_has_words() -> None:
    assert [meaning for meaning in MEANINGS if not WORDS.by_meaning[meaning]] == []


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    for language in ("id", "en"):
        text = (FOLDER / f"{language}.yaml").read_text()
        (tmp_path / f"{language}.yaml").write_text(text)
    lines = (tmp_path / "id.yaml").read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("vocatives:"))
    lines[at] = "vocativs: [kak]"
    (tmp_path / "id.yaml").write_text("\n".join([*lines, "yes: [ya]"]))
    with pytest.raises(ConfigErrors) as caught:
        load_words(tmp_path)
    said = str(caught.value)
    assert f"words/id.yaml:{at + 1}: unknown key 'vocativs'; did you mean 'vocatives'?" in said
    assert f"words/id.yaml:{len(lines) + 1}: the key 'yes' stands here twice" in said


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match=r"words/en\.yaml:1: the file cannot be read"):
        load_words(tmp_path)
