"""``X-Twilio-Signature``: HMAC-SHA1 with the auth token over the address and all fields, sorted by name.

Source: twilio.com/docs/usage/security, "Validating Signatures from Twilio".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from sandbox.settings import AUTH_TOKEN


def sign(url: str, fields: Mapping[str, str], token: str = AUTH_TOKEN) -> str:
    """The header's value for a form of ``fields`` that is posted to ``url``."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
