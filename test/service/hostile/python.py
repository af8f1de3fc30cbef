"""A server or a client that reads by the transports of the Python SDK: `python.py server`, or `python.py client COMMAND...`;
one that reads text with universal newlines: `python.py lines`; and a server with a tool: `python.py echo`."""

import json
import os
import sys

import anyio

seen = open(os.environ.get("HOSTILE_SEEN", os.devnull), "a", encoding="ascii", buffering=1)
echo = {
    "name": "echo",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
}


def see(message):
    seen.write(json.dumps(message) + "\n")


def answer_to(message):
    if "id" not in message or "method" not in message:
        return None
    result = {"tools": [echo]} if message["method"] == "tools/list" else {}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def members(message):
    return json.loads(message.model_dump_json(by_alias=True, exclude_unset=True))


async def serve():
    from mcp.server.stdio import stdio_server
    from mcp.shared.message import SessionMessage
    from mcp_types import JSONRPCResponse

    async with stdio_server() as (received, sent):
        async for item in received:
            if isinstance(item, Exception):
                see({"unreadable": str(item)})
                continue
            message = members(item.message)
            see(message)
            answer = answer_to(message)
            if answer is not None:
                await sent.send(SessionMessage(JSONRPCResponse(**answer)))


async def connect(command):
    from mcp.client.stdio import StdioServerParameters, stdio_client
    from mcp.shared.message import SessionMessage
    from mcp_types import JSONRPCRequest

    parameters = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
    with open(os.devnull, "w", encoding="utf-8") as errors:
        async with stdio_client(parameters, errlog=errors) as (received, sent):
            for number in range(1, 501):
                await sent.send(SessionMessage(JSONRPCRequest(jsonrpc="2.0", id=number, method="ping")))
            async for item in received:
                see({"unreadable": str(item)} if isinstance(item, Exception) else members(item.message))


def read_lines():
    for line in sys.stdin:
        try:
            message = json.loads(line)
        except ValueError:
            message = {"unreadable": line}
        see(message)
        answer = answer_to(message)
        if answer is not None:
            print(json.dumps(answer), flush=True)


def echo_server():
    from mcp.server import MCPServer

    server = MCPServer("peer")

    @server.tool(name="echo")
    async def run(text: str, delay: int = 0) -> str:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(delay / 1000)
        return text

    server.run("stdio")


side, *rest = sys.argv[1:]
if side == "server":
    anyio.run(serve)
elif side == "client":
    anyio.run(connect, rest)
elif side == "lines":
    read_lines()
else:
    echo_server()
