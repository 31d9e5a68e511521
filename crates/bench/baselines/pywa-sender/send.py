"""A campaign as a script with pywa would do it: so many tasks, each sends the next one; nothing is kept."""

import argparse
import asyncio
import json
import pathlib
import sys
import time

import httpx
from pywa.types import templates
from pywa_async import WhatsApp

parser = argparse.ArgumentParser()
parser.add_argument("--graph", required=True)
parser.add_argument("--number", required=True)
parser.add_argument("--token-file", type=pathlib.Path, required=True)
parser.add_argument("--numbers", type=pathlib.Path, required=True)
parser.add_argument("--concurrency", type=int, default=128)
arguments = parser.parse_args()


class ToThePracticeAccount(httpx.AsyncHTTPTransport):
    """pywa sets its client's base URL to Meta's; the connection goes to the practice account instead."""

    graph = httpx.URL(arguments.graph)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "graph.facebook.com":
            raise AssertionError(f"a request to {request.url.host} would have left this machine")
        request.url = request.url.copy_with(scheme=self.graph.scheme, host=self.graph.host, port=self.graph.port)
        request.headers["Host"] = request.url.netloc.decode()
        return await super().handle_async_request(request)


async def main() -> int:
    limits = httpx.Limits(max_connections=arguments.concurrency, max_keepalive_connections=arguments.concurrency)
    session = httpx.AsyncClient(transport=ToThePracticeAccount(limits=limits), trust_env=False, timeout=60)
    wa = WhatsApp(phone_id=arguments.number, token=arguments.token_file.read_text().strip(), session=session)
    rows = enumerate(arguments.numbers.read_text().split())
    done = {"sent": 0, "failed": 0}

    async def worker() -> None:
        for n, phone in rows:
            try:
                await wa.send_template(
                    phone,
                    "autumn_sale",
                    templates.TemplateLanguage.ENGLISH_US,
                    [templates.BodyText.params("Ana", "20 %", "Sunday")],
                    tracker=f"row-{n}",
                )
                done["sent"] += 1
            except Exception as error:  # noqa: BLE001 - a script counts whatever went wrong
                if not done["failed"]:
                    print(repr(error), file=sys.stderr)
                done["failed"] += 1

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(arguments.concurrency)))
    seconds = time.perf_counter() - began
    await session.aclose()
    print(json.dumps({**done, "seconds": seconds, "per_second": done["sent"] / seconds}))
    return 1 if done["failed"] else 0


sys.exit(asyncio.run(main()))
