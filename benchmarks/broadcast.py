"""`python -m benchmarks.broadcast PORT`: the floor under live updates. Whatever one client says goes to all."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def listen(client: ServerConnection) -> None:
    """Send on what a client says, with no question asked."""
    async for message in client:
        broadcast(client.server.connections, message)


async def main(port: int) -> None:
    """Serve until stopped."""
    async with serve(listen, "127.0.0.1", port, compression=None, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
