"""The people of the play: all of them invented, of an example company that says so in its name."""

from dataclasses import dataclass
from typing import Final

COMPANY: Final = "PT Contoh Bayar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody with WhatsApp. Without ``number`` Twilio names them by ``user_id`` alone (``ID.`` and digits)."""

    id: str
    name: str
    organisation: str
    user_id: str
    number: str | None = None

    @property
    def address(self) -> str:
        """What stands in ``From`` of their messages."""
        return f"whatsapp:{self.number or self.user_id}"

    @property
    def addresses(self) -> frozenset[str]:
        """Everything by which a message reaches them."""
        return frozenset({f"whatsapp:{self.user_id}", self.address})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody of the desk, on Telegram."""

    id: str
    name: str
    telegram_id: int
    role: str
    language: str = "id"

    @property
    def username(self) -> str:
        return f"contoh_{self.id}"


CUSTOMERS: Final = (
    Customer(id="ani", name="Ani", organisation="Kopi Senja", number="+6281200000001", user_id="ID.800100200301"),
    Customer(id="budi", name="Budi", organisation="", user_id="ID.900100200300"),
)
AGENTS: Final = (
    Agent(id="sari", name="Sari", telegram_id=900000001, role="service-desk"),
    Agent(id="rina", name="Rina", telegram_id=900000002, role="payments"),
    Agent(id="maya", name="Bu Maya", telegram_id=900000003, role="lead"),
)
# Writes through the product's own web form, so the sandbox plays no wire for him.
VISITOR: Final = {
    "id": "hendra",
    "name": "Pak Hendra",
    "organisation": "Toko Melati",
    "email": "hendra@tokomelati.example",
}
