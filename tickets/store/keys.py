"""Keys that are taken once for ever, and the answers that stand under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from tickets.changes import Changes
from tickets.commands import Answer, Refused, refuse
from tickets.store import schema
from tickets.store.rows import claim, padded
from tickets.submission import Submission, Unavailable
from tickets.tokens import Tokens

# Stands in a stored answer for the secret of a tracking page, which is made again from the key and never stored.
_SECRET = "tracking"
_ONCE = "code"

_answer = (
    update(schema.command_key)
    .where(schema.command_key.c.key == bindparam("of_key"))
    .values(answer=bindparam("with_answer"))
)


Request = tuple[str, str]
"""A key, and the digest of what was asked under it."""


class KeyTaken(Exception):
    """A follow-up command's key was there already. It derives from a fresh key, so that key was made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One item with what it changes. ``follows``: it came out of another item and its key is not claimed yet."""

    key: str
    digest: str
    changes: Changes
    follows: bool = False


def take(connection: Connection, submissions: Sequence[Submission], at: datetime) -> set[str]:
    """Claim the keys of a batch in one statement, sorted, so that two writers never wait for each other in a ring.

    Returns the keys that nobody had. On PostgreSQL this waits for a transaction that is just taking one of them.
    """
    first = {one.key: one for one in reversed(submissions)}
    rows = [{"key": key, "at": at, "digest": first[key].digest, "answer": None} for key in sorted(first)]
    return claim(connection, schema.command_key, rows, "key")


def stored(connection: Connection, submissions: Sequence[Submission], tokens: Tokens) -> dict[Request, Answer]:
    """The answers to repeats: the stored one, or a refusal when something else is asked under the same key."""
    if not submissions:
        return {}
    table = schema.command_key
    wanted = select(table).where(table.c.key.in_(padded(one.key for one in submissions)))
    found = {row.key: row for row in connection.execute(wanted)}
    answers: dict[Request, Answer] = {}
    for one in submissions:
        row = found.get(one.key)
        if row is None or row.answer is None:
            raise Unavailable("answer_missing")
        answers[one.key, one.digest] = (
            repeated(read_answer(row.answer), tokens) if row.digest == one.digest else refuse(Refused.KEY_REUSED)
        )
    return answers


def repeated(answer: Answer, tokens: Tokens) -> Answer:
    """A stored answer as it is given again."""
    facts = dict(answer.facts)
    if facts.pop(_SECRET, None) and answer.ticket and answer.contact:
        facts[_SECRET] = tokens.tracking(answer.ticket, answer.contact)
    return msgspec.structs.replace(answer, facts=facts, repeated=True)


def read_answer(body: str) -> Answer:
    """An answer from its stored form; a secret is only marked as having been there."""
    return msgspec.json.decode(body, type=Answer)


def _body(answer: Answer) -> str:
    if _SECRET in answer.facts:
        answer = msgspec.structs.replace(answer, facts={**answer.facts, _SECRET: True})
    if _ONCE in answer.facts:
        # A one-time code is told once; of it only the fingerprint is kept, in the account.
        answer = msgspec.structs.replace(answer, facts={k: v for k, v in answer.facts.items() if k != _ONCE})
    return msgspec.json.encode(answer).decode()


def write_answers(connection: Connection, decided: Sequence[Decided], at: datetime) -> None:
    """Put the answers under their keys. Raises ``KeyTaken`` when the key of a follow-up is not free."""
    rows: list[dict[str, Any]] = [
        {"of_key": one.key, "with_answer": _body(one.changes.answer)} for one in decided if not one.follows
    ]
    if rows:
        connection.execute(_answer, rows)
    follow = [
        {"key": one.key, "at": at, "digest": one.digest, "answer": _body(one.changes.answer)}
        for one in sorted(decided, key=lambda one: one.key)
        if one.follows
    ]
    if len(claim(connection, schema.command_key, follow, "key")) != len(follow):
        raise KeyTaken
