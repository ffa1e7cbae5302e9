"""Creates the Content objects that carry our texts with buttons: by command, and by itself where Twilio is played."""

import threading
from typing import Final

import structlog

from channels.whatsapp import client as twilio_client
from channels.whatsapp.templates import all_templates, push
from config.settings import Twilio
from console.failure import Failure
from console.foundation import Foundation
from tickets.outbound import Permanent, Temporary, Unknown
from tickets.store.state import Cursors

AGAIN_S: Final = 0.5
TRIES: Final = 120

log = structlog.get_logger("console.pushing")
Pushed = list[tuple[str, str, bool]]


def push_templates(foundation: Foundation) -> Pushed:
    """Create what Twilio does not have yet: (name, sid, whether it is new). Raises ``Failure`` in one line."""
    twilio = foundation.settings.twilio
    if twilio is None:
        raise Failure("WhatsApp is closed here: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and SIGAP_WHATSAPP_FROM")
    try:
        return _push(foundation, twilio)
    except (Temporary, Permanent) as error:
        raise Failure(f"Twilio refused: {error.reason}") from error
    except Unknown as error:
        raise Failure("Twilio did not answer; run it again, what is there already is not created twice") from error


def _push(foundation: Foundation, twilio: Twilio) -> Pushed:
    client = twilio_client.connect(twilio.account_sid, twilio.auth_token.reveal(), twilio.base_url)
    try:
        found = all_templates(foundation.texts, foundation.text_files)
        return push(client, found, Cursors(foundation.database).set, foundation.clock())
    except Exception as error:
        raise twilio_client.failure(error) from error
    finally:
        twilio_client.close(client)


def push_where_played(foundation: Foundation) -> None:
    """Give the sandbox our templates as soon as it answers, in a thread of its own; nothing waits for it."""
    if "twilio" not in foundation.settings.played:
        return
    threading.Thread(target=_until_pushed, args=(foundation,), name="templates", daemon=True).start()


def _until_pushed(foundation: Foundation) -> None:
    wait = threading.Event()
    for _ in range(TRIES):
        try:
            push_templates(foundation)
        except Exception as error:
            # The sandbox starts beside us and may not listen yet; without templates texts have numbers.
            log.debug("templates_wait", error=type(error).__name__)
            wait.wait(AGAIN_S)
        else:
            return
    log.warning("templates_not_pushed")
