"""The practice account as a process of its own, and its control interface."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

import httpx

PROGRAM = "SWITCHBOARD_SIMULATOR"


class Practice:
    """Runs `switchboard-simulator` in a folder that goes away with it."""

    def __init__(self, *options: str):
        self._closing = []
        self._folder = tempfile.TemporaryDirectory(prefix="switchboard-interop-")
        folder = pathlib.Path(self._folder.name)
        control_token = folder / "control-token"
        self._errors = (folder / "stderr").open("w+b")
        command = [os.environ[PROGRAM], "--listen", "127.0.0.1:0", "--seed", "7", "--no-threads"]
        command += ["--no-throughput-limit", "--data-dir", str(folder / "data"), "--control-token-file", str(control_token)]
        self._process = subprocess.Popen(
            [*command, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors
        )
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"the practice account did not start: {self._errors.read().decode()}")
        self.ready = json.loads(line)
        self.token = self._secret("access_token_file")
        self.app_secret = self._secret("app_secret_file")
        self._http = httpx.Client(
            base_url=self.ready["control"],
            headers={"Authorization": f"Bearer {control_token.read_text().strip()}"},
            trust_env=False,
        )

    def _secret(self, key: str) -> str:
        return pathlib.Path(self.ready[key]).read_text().strip()

    def control(self, method: str, path: str, **body) -> dict:
        """One call below `/practice/v1`."""
        answer = self._http.request(method, f"/{path}", json=body or None)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def customer(self, phone: str, **more) -> dict:
        """A person with a phone, whom nobody plays."""
        return self.control("POST", "customers", phone=phone, **more)

    def writes(self, customer: dict, **message) -> str:
        """A message of the customer; its id."""
        return self.control("POST", f"customers/{customer['id']}/messages", **message)["wamid"]

    def conversation(self, customer: dict) -> list[dict]:
        """Every message with the customer, as their phone holds them."""
        return self.control("GET", f"customers/{customer['id']}/conversation")["items"]

    def arrived(self, customer: dict, wamid: str) -> dict:
        """Delivers one of our messages; the message as the customer's phone holds it."""
        self.status(wamid, "delivered")
        return next(line for line in self.conversation(customer) if line["wamid"] == wamid)

    def ledger(self) -> list[dict]:
        """What was really accepted."""
        items, after = [], 0
        while True:
            page = self.control("GET", f"ledger?after={after}")
            items += page["items"]
            if page["next"] is None:
                return items
            after = page["next"]

    def status(self, wamid: str, status: str, **more) -> None:
        """Lets one delivery status happen."""
        self.control("POST", f"messages/{wamid}/status", status=status, **more)

    def before_close(self, action) -> None:
        """Does this first when the practice account is closed."""
        self._closing.append(action)

    def close(self) -> None:
        """Ends the process and removes its folder."""
        for action in self._closing:
            action()
        self._http.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        self._folder.cleanup()


def until(what: str, look, seconds: float = 20.0):
    """Asks until the answer is true: these are real processes."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)
