"""One command to Redis over its Unix socket, in its own protocol: enough to empty it in the middle of everything."""

import asyncio
from pathlib import Path

_PATIENCE_S = 2.0


async def flush(socket: Path) -> str:
    """FLUSHALL; Redis's answer without its mark. Raises OSError or TimeoutError where nobody answers."""
    async with asyncio.timeout(_PATIENCE_S):
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            writer.write(b"*1\r\n$8\r\nFLUSHALL\r\n")
            await writer.drain()
            return (await reader.readline()).decode().strip().lstrip("+-")
        finally:
            writer.close()
