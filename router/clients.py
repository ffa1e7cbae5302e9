"""Which client a sender belongs to."""

from config.schema import ConfigSet
from tickets.commands import InboundMessage


def organisation_of(config: ConfigSet, message: InboundMessage) -> str:
    """The client that a sender belongs to, by proven address only; else the house's own."""
    if message.organisation and message.organisation in config.organisations:
        return message.organisation
    address = message.sender.address
    if message.sender.verified and address:
        domain = address.rpartition("@")[2].lower()
        for code, client in config.organisations.items():
            if address in client.phones or domain in client.domains:
                return code
    return config.desk.default_organisation
