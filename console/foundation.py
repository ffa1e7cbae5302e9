"""What every process of the operator's side stands on: settings, files, clock, keys and the database."""

from dataclasses import dataclass
from functools import cached_property

from channels.blobs.files import FileBlobs
from config.clock import Clock
from config.load import load_config
from config.schema import ConfigSet
from config.settings import Settings, installation_keys
from config.textfiles import TextFiles, load_texts
from config.wordlists import Words, load_words
from console.failure import Failure
from router.decide import Router
from router.rules import check_examples
from tickets.store.engine import Database, on_network_file_system
from tickets.store.migrate import at_head, upgrade
from tickets.store.reading import Reader
from tickets.texts import Texts
from tickets.tokens import Tokens


@dataclass(frozen=True)
class Foundation:
    """Each part is made when it is first asked for, so that a command pays only for what it uses.

    ``examples``: try every rule's examples, which takes most of a second; done once before the processes start.
    ``door``: waits for the database only as long as a customer may wait. ``checkpoints``: this is the writer's process.
    """

    settings: Settings
    door: bool = False
    checkpoints: bool = False
    examples: bool = True

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.settings.clock_file)

    @cached_property
    def words(self) -> Words:
        """The word lists. Raises ``config.problems.ConfigErrors``."""
        return load_words(self.settings.config_dir / "words")

    @cached_property
    def text_files(self) -> TextFiles:
        """The texts for people as they stand in the files. Raises ``config.problems.ConfigErrors``."""
        return load_texts(self.settings.config_dir / "texts")

    @cached_property
    def texts(self) -> Texts:
        """The texts for people. Raises ``config.problems.ConfigErrors``."""
        return Texts(self.text_files)

    @cached_property
    def config(self) -> ConfigSet:
        """The operator's files. Raises ``config.problems.ConfigErrors``."""
        checks = [lambda found: check_examples(found, self.words)] if self.examples else []
        return load_config(self.settings.config_dir, *checks)

    @cached_property
    def router(self) -> Router:
        return Router(self.words)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(installation_keys(self.settings))

    @cached_property
    def database(self) -> Database:
        """The database, which need not be there yet. Raises ``Failure`` where it must not lie."""
        database = Database(self.settings.database_url, door=self.door, checkpoints=self.checkpoints)
        kind = on_network_file_system(database.path.parent) if database.path is not None else None
        if kind is not None:
            raise Failure(f"{database.path} lies on a network file system ({kind}); SQLite loses data there")
        return database

    @cached_property
    def blobs(self) -> FileBlobs:
        """Large files, beside the database."""
        return FileBlobs(self.settings.data_dir / "blobs")

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.database, self.clock, self.blobs)

    def migrated(self) -> "Foundation":
        """Bring the tables up to date where they are not; one process does it, others wait."""
        if not at_head(self.database):
            upgrade(self.database)
        return self

    def close(self) -> None:
        """Give the connections back."""
        if "database" in self.__dict__:
            self.database.close()
