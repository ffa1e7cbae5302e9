"""What the operator has to know when something cannot be done."""


class Failure(Exception):
    """Why, in one line that says what to do; ``code`` is the exit code: 1, or 2 where the input was wrong."""

    def __init__(self, reason: str, code: int = 1) -> None:
        super().__init__(reason)
        self.code = code
