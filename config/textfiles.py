"""The texts of an installation: one Jinja2 file per purpose and language, and YAML files with labels and buttons.

``texts/{id,en}/<purpose>.j2`` are whole messages, ``labels*.yaml`` short words under a key each, ``choices.yaml`` the
buttons of a text (code → title). Both languages must have the same purposes, keys, buttons and variables, so that
nobody ever meets a text that exists in the other language only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jinja2 import Environment, TemplateError, TemplateSyntaxError, meta

from config.problems import ConfigErrors, ConfigProblem
from config.yamlfiles import Document, Where, read_yaml

LANGUAGES: Final = ("id", "en")
# WhatsApp cuts a button's title after this many characters, and shows at most three buttons.
TITLE_LIMIT: Final = 20
CHOICE_LIMIT: Final = 3
# How a person is addressed differs by language ("Kakak", "you"), so these need not stand in both.
ADDRESS: Final = frozenset({"salutation", "you"})
_JINJA: Final = Environment(autoescape=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A template's source, the variables that it needs, and where it stands."""

    source: str
    variables: frozenset[str]
    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class TextFiles:
    """All texts by language: ``messages`` by purpose, ``labels`` by key, ``choices`` by purpose, then code → title."""

    messages: Mapping[str, Mapping[str, Text]]
    labels: Mapping[str, Mapping[str, Text]]
    choices: Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(slots=True)
class _Reading:
    """One language's files as far as they were read, and all that is wrong with them."""

    language: str
    messages: dict[str, Text] = field(default_factory=dict)
    labels: dict[str, Text] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    # Purposes and keys that stand there but cannot be read, so that they are not called missing too.
    broken: set[str] = field(default_factory=set)
    problems: list[ConfigProblem] = field(default_factory=list)


def load_texts(folder: Path) -> TextFiles:
    """Read ``folder/{id,en}``; raises ``ConfigErrors`` with every problem of all files."""
    readings = [_read(folder / language, language) for language in LANGUAGES]
    problems = [problem for reading in readings for problem in reading.problems]
    first, *others = readings
    for other in others:
        problems += [*_missing(first, other), *_missing(other, first), *_unequal(first, other)]
    if problems:
        raise ConfigErrors(sorted(problems))
    return TextFiles(
        messages={reading.language: reading.messages for reading in readings},
        labels={reading.language: reading.labels for reading in readings},
        choices={reading.language: reading.choices for reading in readings},
    )


def _read(folder: Path, language: str) -> _Reading:
    reading = _Reading(language)
    if not folder.is_dir():
        reading.problems.append(ConfigProblem(f"texts/{language}", 0, f"the folder is missing in {folder.parent}"))
        return reading
    for path in sorted(folder.glob("*.j2")):
        _message(reading, path)
    for path in sorted(folder.glob("labels*.yaml")):
        _labels(reading, path)
    if (folder / "choices.yaml").is_file():
        _choices(reading, folder / "choices.yaml")
    return reading


def _message(reading: _Reading, path: Path) -> None:
    name = f"texts/{reading.language}/{path.name}"
    try:
        source = path.read_text("utf-8").strip()
    except UnicodeDecodeError:
        reading.problems.append(ConfigProblem(name, 0, "the file is not UTF-8"))
        return
    text = _text(reading, source, name)
    if text is None:
        reading.broken.add(path.stem)
    else:
        reading.messages[path.stem] = text


def _text(reading: _Reading, source: str, name: str, line: int = 0) -> Text | None:
    if not source:
        reading.problems.append(ConfigProblem(name, line, "the text is empty"))
        return None
    if "{" not in source:
        # Nothing of Jinja's can begin without it, and most labels have none.
        return Text(source, frozenset(), name, line)
    try:
        parsed = _JINJA.parse(source)
    except TemplateSyntaxError as error:
        place = line if line else error.lineno
        reading.problems.append(ConfigProblem(name, place, f"not a template: {error.message}"))
        return None
    except TemplateError as error:
        reading.problems.append(ConfigProblem(name, line, f"not a template: {error}"))
        return None
    return Text(source, frozenset(meta.find_undeclared_variables(parsed)), name, line)


def _labels(reading: _Reading, path: Path) -> None:
    document = read_yaml(path, f"texts/{reading.language}/{path.name}")
    for (key,), value in _entries(document, 1):
        if key in reading.labels:
            document.complain((key,), f"the key {key!r} stands in {reading.labels[key].file} already")
            continue
        text = _text(reading, value.strip(), document.file, document.line((key,)))
        if text is None:
            reading.broken.add(key)
        else:
            reading.labels[key] = text
    reading.problems += document.problems


def _choices(reading: _Reading, path: Path) -> None:
    document = read_yaml(path, f"texts/{reading.language}/{path.name}")
    for (purpose, code), title in _entries(document, 2):
        titles = reading.choices.setdefault(purpose, {})
        titles[code] = title
        if len(title) > TITLE_LIMIT:
            document.complain((purpose, code), f"{title!r} has {len(title)} characters; at most {TITLE_LIMIT} fit")
        if len(titles) > CHOICE_LIMIT:
            document.complain((purpose, code), f"more than {CHOICE_LIMIT} buttons do not fit")
        if purpose not in reading.messages:
            document.complain((purpose,), f"there is no text {purpose}.j2 for these buttons")
    reading.problems += document.problems


def _entries(
    document: Document, depth: int, where: Where = (), value: object = None
) -> Iterator[tuple[list[str], str]]:
    """The words of a YAML file that nests ``depth`` keys; the path of keys with each. Other shapes are problems."""
    value = document.value if not where else value
    if len(where) == depth:
        if isinstance(value, str):
            yield [str(step) for step in where], value
        else:
            document.complain(where, "write words here, in quotes where they look like a number")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _entries(document, depth, (*where, key), item)
    elif value is not None or where:
        document.complain(where, "write one key and its words per line")


def _missing(there: _Reading, here: _Reading) -> Iterator[ConfigProblem]:
    """What one language has and the other has not, said at the place that exists."""
    for purpose in there.messages.keys() - here.messages.keys() - here.broken:
        yield ConfigProblem(
            there.messages[purpose].file, 0, f"there is no texts/{here.language}/{purpose}.j2 beside it"
        )
    for key in there.labels.keys() - here.labels.keys() - here.broken:
        label = there.labels[key]
        yield ConfigProblem(label.file, label.line, f"the label {key!r} is missing in texts/{here.language}")
    for purpose, titles in there.choices.items():
        for code in titles.keys() - here.choices.get(purpose, {}).keys():
            file = f"texts/{here.language}/choices.yaml"
            yield ConfigProblem(file, 0, f"the button {code!r} of {purpose!r} is missing; {there.language} has it")


def _unequal(first: _Reading, second: _Reading) -> Iterator[ConfigProblem]:
    """Texts whose variables differ between the languages."""
    for ours, theirs in ((first.messages, second.messages), (first.labels, second.labels)):
        for key in ours.keys() & theirs.keys():
            odd = (ours[key].variables ^ theirs[key].variables) - ADDRESS
            if odd:
                names = ", ".join(sorted(odd))
                where = f"{theirs[key].file}" + (f" ({key})" if ours[key].line else "")
                yield ConfigProblem(ours[key].file, ours[key].line, f"the variables differ from {where}: {names}")
