"""The foreign client: pywa as it is on PyPI, its traffic led to the practice account."""

import logging
import queue
import socket
import threading
import time

import httpx
import uvicorn
from fastapi import FastAPI
from pywa import WhatsApp

from practice import Practice

META = ("graph.facebook.com", "api.facebook.com")


class ToThePracticeAccount(httpx.HTTPTransport):
    """Leads requests for Meta's hosts to the practice account and refuses all others.

    pywa takes an `httpx.Client` of one's own but sets its `base_url` to Meta's, so the way is chosen one layer
    below: the request stays as pywa made it, only the connection goes elsewhere.
    """

    def __init__(self, graph: str):
        super().__init__()
        self._graph = httpx.URL(graph)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host in META:
            url = request.url.copy_with(scheme=self._graph.scheme, host=self._graph.host, port=self._graph.port)
            request.url = url
            request.headers["Host"] = url.netloc.decode()
        elif host != self._graph.host:
            raise AssertionError(f"a request to {host} would have left this machine")
        return super().handle_request(request)


def client(practice: Practice, **more) -> WhatsApp:
    """A pywa client of the practice account."""
    ready = practice.ready
    session = httpx.Client(transport=ToThePracticeAccount(ready["graph"]), trust_env=False)
    practice.before_close(session.close)
    return WhatsApp(
        phone_id=ready["phone_number_id"],
        token=practice.token,
        session=session,
        waba_id=ready["waba_id"],
        app_id=ready["app_id"],
        app_secret=practice.app_secret,
        business_portfolio_id=ready["business_id"],
        **more,
    )


class Receiver:
    """pywa behind its own FastAPI routes under uvicorn, registered by pywa's own call at start-up."""

    VERIFY_TOKEN = "interop-verify-token"

    def __init__(self, practice: Practice):
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = FastAPI()
        self.wa = client(
            practice,
            server=app,
            webhook_endpoint="/hook",
            verify_token=self.VERIFY_TOKEN,
            callback_url=self.url,
            # The listener queues the handshake until uvicorn is up.
            webhook_challenge_delay=0,
        )
        self.events: queue.Queue = queue.Queue()
        for decorator in (
            "on_message",
            "on_message_status",
            "on_callback_button",
            "on_callback_selection",
            "on_user_marketing_preferences",
            "on_template_status_update",
            "on_template_quality_update",
            "on_template_category_update",
            "on_phone_number_change",
            "on_identity_change",
            "on_account_update",
            "on_raw_update",
        ):
            getattr(self.wa, decorator)()(self._recorder(decorator.removeprefix("on_")))
        self.complaints = Complaints()
        logging.getLogger("pywa").addHandler(self.complaints)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def _recorder(self, kind: str):
        def record(_: WhatsApp, update) -> None:
            self.events.put((kind, update))

        return record

    def next(self, kind: str, fits=lambda update: True, seconds: float = 20.0):
        """The next event of that kind; others before it are dropped."""
        end = time.monotonic() + seconds
        while True:
            try:
                found, update = self.events.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} within {seconds} s; pywa said: {self.complaints.texts}") from None
            if found == kind and fits(update):
                return update

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        logging.getLogger("pywa").removeHandler(self.complaints)


class Complaints(logging.Handler):
    """What pywa could not make sense of: it logs that and carries on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += f" ({record.exc_info[1]!r})"
        self.texts.append(text)
