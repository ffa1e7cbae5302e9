"""Steps that story tests share: what an agent does, said once."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.sandbox_client import AgentPhone, Phone, Sandbox


async def eventually(look: Callable[[], Awaitable[Any]], what: str, within: float = 15.0) -> Any:
    """Look again until there is something; fails with ``what``."""
    deadline = asyncio.get_running_loop().time() + within
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.1)
    return found


async def has_status(sandbox: Sandbox, reference: str, status: str, within: float = 15.0) -> dict[str, Any]:
    """The ticket, once it stands there."""

    async def look() -> dict[str, Any] | None:
        ticket = await sandbox.ticket(reference)
        return ticket if ticket["status"] == status else None

    ticket: dict[str, Any] = await eventually(look, f"{reference} is not {status}", within)
    return ticket


async def offered_to(sandbox: Sandbox, reference: str, agents: list[AgentPhone]) -> AgentPhone:
    """Whoever is looking at the offer now."""

    async def look() -> AgentPhone | None:
        for agent in agents:
            for bubble in await agent.chat():
                row = [button.get("callback_data", "") for line in bubble.get("keyboard", []) for button in line]
                if reference in bubble["text"] and any(data.startswith("accept:") for data in row):
                    return agent
        return None

    agent: AgentPhone = await eventually(look, f"nobody is offered {reference}")
    return agent


async def taps(sandbox: Sandbox, agent: AgentPhone, verb: str, reference: str) -> None:
    """Tap a button on the ticket's card, once the card shows the ticket as it stands now."""

    async def button() -> tuple[Any, str] | None:
        version = (await sandbox.ticket(reference))["version"]
        for bubble in reversed(await agent.chat()):
            for one in (button for row in bubble.get("keyboard", []) for button in row):
                data = one.get("callback_data", "")
                if re.match(rf"{verb}:{reference[-8:]}:", data + ":") and int(data.split(":")[2]) >= version:
                    return bubble["id"], data
        return None

    message, data = await eventually(button, f"no button {verb} on a card of now:\n{await agent.transcript()}")
    await agent.taps(message, data)


async def prompted(sandbox: Sandbox, agent: AgentPhone, verb: str, answer: str, reference: str) -> None:
    """Tap a button that asks for words, and answer the question that comes."""
    asked_before = {bubble["id"] for bubble in await agent.chat() if bubble.get("force_reply")}
    await taps(sandbox, agent, verb, reference)

    async def asked() -> dict[str, Any] | None:
        for bubble in reversed(await agent.chat()):
            if bubble.get("force_reply") and bubble["id"] not in asked_before and reference in bubble["text"]:
                return bubble
        return None

    bubble = await eventually(asked, f"{verb} asked nothing:\n{await agent.transcript()}")
    await agent.sandbox.post(f"agents/{agent.person}/reply", message_id=bubble["id"], text=answer)


async def repaired(sandbox: Sandbox, agent: AgentPhone, reference: str, cause: str = "Sertifikat diganti") -> None:
    """Resolve, re-test everything, note a figure: the reporter is asked."""
    await prompted(sandbox, agent, "resolve", cause, reference)
    try:
        ticket = await has_status(sandbox, reference, "verifying")
    except AssertionError as error:
        raise AssertionError(f"{error}; the agent's chat:\n{await agent.transcript()}") from error
    for item in ticket["checks"]:
        await agent.presses(rf":check:?.*{item['service']}\.1$|check.*{item['service']}\.1", on=reference)
        await eventually(lambda item=item: passed(sandbox, reference, item["service"]), "the check was not taken")
    await prompted(sandbox, agent, "verify", "0 dari 200 gagal", reference)
    await has_status(sandbox, reference, "awaiting_confirmation")


async def passed(sandbox: Sandbox, reference: str, service: str) -> bool:
    """Whether an item of the re-test is ticked."""
    ticket = await sandbox.ticket(reference)
    return any(item["service"] == service and item["passed"] for item in ticket["checks"])


async def says_and_is_heard(phone: Phone, agent: AgentPhone, words: str) -> None:
    """The customer writes, and the agent reads it."""
    await phone.says(words)
    await agent.hears(words)
