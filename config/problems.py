"""What is wrong with the operator's files, in words that name the file and the line."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ConfigProblem:
    """One fault: the file as the operator knows it, its line (from 1; 0 for the whole file), and what is wrong."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class ConfigErrors(Exception):
    """The files are refused whole; ``problems`` are all faults, and the text has one per line."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
