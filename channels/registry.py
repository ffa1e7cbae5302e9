"""The channels of this process by name: filled once by the composition root, then only read."""

from collections.abc import Iterable, Iterator, Mapping

from channels.base import Channel, Closable
from tickets.model import Channel as ChannelName


class Registry(Mapping[ChannelName, Channel]):
    """Name → channel. A name that is missing is a channel that is closed on this installation."""

    def __init__(self, channels: Iterable[Channel] = ()) -> None:
        self._channels: dict[ChannelName, Channel] = {}
        for channel in channels:
            self.register(channel)

    def register(self, channel: Channel) -> None:
        """Add a channel. Raises ``ValueError`` when its name is taken: two wires must not answer for one name."""
        if channel.name in self._channels:
            raise ValueError(f"channel registered twice: {channel.name}")
        self._channels[channel.name] = channel

    def __getitem__(self, name: ChannelName) -> Channel:
        return self._channels[name]

    def __iter__(self) -> Iterator[ChannelName]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    async def close(self) -> None:
        """Give back the connections of all channels that hold some."""
        for channel in self._channels.values():
            if isinstance(channel, Closable):
                await channel.close()
