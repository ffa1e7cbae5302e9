"""Reads one of the operator's YAML files into plain values, and remembers on which line each of them stands.

YAML 1.2 (``no`` and ``12:30`` stay words). Anchors, tags and repeated keys are refused, and every fault of a file is
found at once, not only the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.problems import ConfigProblem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20

Where = tuple[str | int, ...]

_SCALARS: Mapping[str, Callable[[str], object]] = {
    "tag:yaml.org,2002:int": lambda text: int(text.replace("_", ""), 0),
    "tag:yaml.org,2002:float": lambda text: float(text.replace("_", "")),
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:timestamp": str,
}
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(slots=True)
class Document:
    """The plain value of a file, the line (from 1) of each place in it, and what is wrong."""

    file: str
    value: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[ConfigProblem] = field(default_factory=list)

    def line(self, where: Where) -> int:
        """The line of a place, or of the nearest place around it that has one."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def complain(self, where: Where, message: str) -> None:
        """Note that something at a place is wrong."""
        self.problems.append(ConfigProblem(self.file, self.line(where), message))


def read_yaml(path: Path, name: str) -> Document:
    """Read a file that exists; ``name`` is what problems call it."""
    document = Document(name)
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        document.complain((), f"the file has {len(raw)} bytes; at most {MAX_BYTES} are read")
        return document
    try:
        node = YAML(typ="safe", pure=True).compose(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        document.lines[()] = raw[: error.start].count(b"\n") + 1
        document.complain((), "the file is not UTF-8")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.lines[()] = mark.line + 1 if mark else 1
        document.complain((), f"this is not YAML: {error.problem or error.context}")
    except (YAMLError, RecursionError, ValueError) as error:
        document.complain((), f"this is not YAML: {str(error).splitlines()[0] if str(error) else 'nested too deeply'}")
    else:
        document.value = _plain(node, (), document) if node is not None else None
    return document


def _plain(node: Node, where: Where, document: Document) -> Any:
    """The value of a node; its faults go to the document."""
    document.lines.setdefault(where, node.start_mark.line + 1)
    if node.anchor is not None:
        document.complain(where, f"anchors and aliases (&{node.anchor}) are not read; write it out")
        return None
    if len(where) > MAX_DEPTH:
        document.complain(where, "nested too deeply")
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, where, document)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*where, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, where, document)


def _mapping(node: MappingNode, where: Where, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode) or key_node.tag == _MERGE:
            document.problems.append(ConfigProblem(document.file, line, "a key must be a plain word"))
            continue
        key = str(key_node.value)
        place = (*where, key)
        if key in found:
            first = document.lines[place]
            document.problems.append(
                ConfigProblem(document.file, line, f"the key {key!r} stands here twice (first on line {first})")
            )
            continue
        document.lines[place] = line
        found[key] = _plain(value_node, place, document)
    return found


def _scalar(node: Node, where: Where, document: Document) -> Any:
    read = _SCALARS.get(str(node.tag))
    if read is None:
        document.complain(where, f"the tag {node.tag} is not read")
        return None
    try:
        return read(node.value)
    except ValueError:
        document.complain(where, f"{node.value!r} is not a number")
        return None
