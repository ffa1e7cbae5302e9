"""Builds the sending side from a foundation: the words, the cards, the channels."""

from channels.base import Channel
from channels.published import Published
from channels.registry import Registry
from channels.telegram import api as telegram_api
from channels.telegram.channel import TelegramChannel
from channels.telegram.discretion import Discretion, Showing
from channels.telegram.notices import Composer
from channels.whatsapp import client as twilio_client
from channels.whatsapp.hook import STATUS_PATH
from channels.whatsapp.send import WhatsApp
from channels.whatsapp.templates import KnownTemplates
from config.settings import Telegram, Twilio
from console.foundation import Foundation
from tickets.masking import mask
from tickets.model import Channel as ChannelName
from tickets.replies import House
from tickets.store.state import Cursors


def house(foundation: Foundation, *, played: bool = False) -> House:
    """What the words need to know of the installation. ``played``: by the channel's own provider."""
    settings = foundation.settings
    return House(
        texts=foundation.texts,
        config=foundation.config,
        tracking=foundation.tokens.tracking,
        public_url=settings.public_url,
        timezone=settings.timezone,
        played=played,
    )


def composer(foundation: Foundation, telegram: Telegram) -> Composer:
    """What puts notices to agents into cards."""
    public_url = foundation.settings.public_url
    return Composer(
        words=foundation.texts,
        discretion=Discretion(
            showing=Showing(telegram.content),
            mask=lambda words: mask(words).text,
            link=lambda reference: f"{public_url}/console/tickets/{reference}",
        ),
        config=lambda: foundation.config,
    )


def sending_channels(foundation: Foundation) -> Registry:
    """The channels that a worker sends on: those that are open on this installation."""
    settings = foundation.settings
    found: list[Channel] = [Published(lambda: house(foundation))]
    if settings.telegram is not None:
        bot = telegram_api.connect(settings.telegram.bot_token.reveal(), settings.telegram.base_url)
        found.append(TelegramChannel(bot, composer(foundation, settings.telegram)))
    if settings.twilio is not None:
        found.append(_whatsapp(foundation, settings.twilio))
    return Registry(found)


def _whatsapp(foundation: Foundation, twilio: Twilio) -> WhatsApp:
    settings = foundation.settings
    # Twilio refuses a message whose status address it could never reach.
    played = "twilio" in settings.played
    reachable = played or not settings.public_is_local
    return WhatsApp(
        twilio_client.connect(twilio.account_sid, twilio.auth_token.reveal(), twilio.base_url),
        sender=twilio.whatsapp_from,
        house=lambda: house(foundation, played=played),
        templates=KnownTemplates(Cursors(foundation.database).get),
        status_url=settings.public_url + STATUS_PATH if reachable else None,
        settled=lambda sid: foundation.reader.sent_as(ChannelName.WHATSAPP, sid) is not None,
    )
