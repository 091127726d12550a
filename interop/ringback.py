"""A part of Ringback as its own process, on free ports of loopback, in a folder that is thrown away."""

import json
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN_S = 60
ENDS_WITHIN_S = 15

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "interop-auth-token"
FROM_NUMBER = "+14155550199"

# Numbers that the simulator knows.
PIZZERIA, SHOP, BUSY, NOBODY, DEAD = "+14155550100", "+14155550102", "+14155550110", "+14155550111", "+14155550112"

ADDRESS_FLAGS = {
    "carrier-sim": ["--sim-addr"],
    "voice": ["--local-voice-addr"],
    "handler": ["--handler-addr"],
    "demo": ["--engine-addr", "--handler-addr", "--sim-addr", "--local-voice-addr"],
}


def program() -> str:
    path = os.environ.get("RINGBACK")
    if not path or not Path(path).is_file():
        raise RuntimeError("name the ringback program in RINGBACK; `cargo xtask test interop` does")
    return path


@dataclass
class Part:
    """A running part; addresses have no slash at the end."""

    process: subprocess.Popen
    addresses: dict[str, str | None]
    log_file: Path

    @property
    def url(self) -> str:
        """Where it listens, if it is one part alone."""
        (url,) = [address for address in self.addresses.values() if address]
        return url

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(mode: str, folder: Path, *flags: str) -> Part:
    """Starts a part and waits until it listens."""
    folder.mkdir(parents=True, exist_ok=True)
    ready, log_file = folder / "ready.json", folder / "log.txt"
    command = [program(), mode, "--data", str(folder), "--ready-file", str(ready), "--drain-s", "0"]
    for flag in ADDRESS_FLAGS[mode]:
        command += [flag, "127.0.0.1:0"]
    # What is configured on this machine is none of the tests' business.
    ours = {"RINGBACK_MODELS"}
    theirs = ("RINGBACK_", "TWILIO_", "OPENAI_")
    env = {name: value for name, value in os.environ.items() if name in ours or not name.startswith(theirs)}
    env |= {
        # Nobody is woken by a fake carrier, and it is called often.
        "RINGBACK_GATE_QUIET_HOURS": "off",
        "RINGBACK_GATE_CALLS_PER_NUMBER_AND_DAY": "1000",
        "RINGBACK_GATE_CALLS_PER_DAY": "1000",
        "RINGBACK_GATE_MINUTES_PER_DAY": "10000",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_PHONE_NUMBER": FROM_NUMBER,
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen([*command, *flags], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"ringback {mode} ended at once:\n{log_file.read_text(errors='replace')}")
        if ready.exists():
            told = json.loads(ready.read_text())
            return Part(process, {name: url and url.rstrip("/") for name, url in told.items()}, log_file)
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise RuntimeError(f"ringback {mode} was not ready in time:\n{log_file.read_text(errors='replace')}")


def get_json(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def eventually(look, what: str, within_s: float = 15):
    """Looks again and again until it sees something; what it saw."""
    until = time.monotonic() + within_s
    while True:
        if seen := look():
            return seen
        if time.monotonic() > until:
            raise AssertionError(f"within {within_s} s there was no {what}; last seen: {seen!r}")
        time.sleep(0.05)
