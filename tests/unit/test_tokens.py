"""Secrets: one key per purpose, recognised after a change of keys, never stored."""

import pytest

from tickets.tokens import Tokens, derive, fingerprint, key_id, new_token

OLD, NEW = b"o" * 32, b"n" * 32


def test_every_purpose_has_its_own_key() -> None:
    assert derive(OLD, "tracking") != derive(OLD, "form")
    assert derive(OLD, "tracking") != derive(NEW, "tracking")
    assert len(derive(OLD, "tracking")) == 32


@pytest.mark.proves("N21")
def test_a_tracking_secret_is_one_persons_for_one_ticket() -> None:
    tokens = Tokens([OLD])
    secret = tokens.tracking("t1", "c1")
    assert secret == tokens.tracking("t1", "c1")
    assert len({secret, tokens.tracking("t2", "c1"), tokens.tracking("t1", "c2"), tokens.tracking("t1\nc", "1")}) == 4
    assert secret.startswith(key_id(OLD))
    assert len(secret) >= 2 + 22


def test_a_form_is_recognised_after_a_change_of_keys_but_not_when_changed() -> None:
    signature = Tokens([OLD]).form("nonce", 1_000)
    both = Tokens([NEW, OLD])
    assert both.form_fits("nonce", 1_000, signature)
    assert both.form("nonce", 1_000) != signature
    assert not both.form_fits("nonce", 1_001, signature)
    assert not both.form_fits("other", 1_000, signature)
    assert not both.form_fits("nonce", 1_000, "")
    assert not Tokens([NEW]).form_fits("nonce", 1_000, signature)


def test_new_tokens_never_repeat_and_only_their_hash_is_kept() -> None:
    made = {new_token("sigap") for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(one.startswith("sigap_") and len(one) >= 38 for one in made)
    assert len({fingerprint(one) for one in made}) == 1_000
