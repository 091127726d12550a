"""PyPI `streamdouble`, an independent Media Streams simulator, against the call handler's /media-stream.

A stand-in carrier takes the handler's request for a call, and asks for the TwiML signed as Twilio would; streamdouble is the
stream that the TwiML asks for. Unlike Twilio it gives no marks back after `clear`, so it shows that the handler waits for none.
"""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlparse
from xml.etree import ElementTree

import pytest
from streamdouble.chaos import Impairments
from streamdouble.protocol import StreamIdentity
from streamdouble.scenario import Expect, Hangup, Say, Scenario, Wait, WaitFor
from streamdouble.session import Session, SessionConfig
from twilio.request_validator import RequestValidator

import ringback
from local_server import Answer, LocalServer
from ringback import ACCOUNT_SID, AUTH_TOKEN, PIZZERIA, eventually

PUBLIC_URL = "https://calls.example.com/ringback"
API_TOKEN = "interop-api-token"
FRAME_BYTES = 160
SILENCE = b"\xff" * FRAME_BYTES

# How long the agent's opening plays; audio comes somewhat ahead of its playing, so the end of the stream does not tell.
OPENING_S = 9.0

ORDER = {
    "target_phone_number": PIZZERIA,
    "final_instructions": "Order the pizza and find out the total.",
    "goal": "order a large pepperoni pizza for delivery",
    "task_kind": "order_food",
    "user_name": "Laura Bennett",
    "gathered_details": {"item": "pepperoni pizza", "size": "large", "fulfilment": "delivery", "user_name": "Laura Bennett"},
    "facts_wanted": [{"name": "total", "question": "What is the total?"}],
}


class StandInCarrier:
    """Takes calls, and nothing happens with them; what the carrier would do, a test does."""

    def __init__(self):
        self.call_sids: list[str] = []
        self.status: dict[str, str] = {}
        self.server = LocalServer(self.answer)

    def answer(self, request) -> Answer:
        path = urlparse(request.url).path
        if request.method == "POST" and path.endswith("/Calls.json"):
            sid = self.call_sids[-1]
            self.status[sid] = "queued"
            return self.resource(sid, 201)
        sid = Path(path).stem
        if sid not in self.status:
            return Answer(404, json.dumps({"code": 20404, "message": "Not Found", "status": 404}), "application/json")
        if request.get("Status") == "completed":
            self.status[sid] = "completed"
        return self.resource(sid, 200)

    def resource(self, sid: str, status: int) -> Answer:
        return Answer(status, json.dumps({"sid": sid, "status": self.status[sid]}), "application/json")


@dataclass
class Call:
    """An answered call whose stream has not been joined yet."""

    handler: "Handler"
    order_id: str
    identity: StreamIdentity
    parameters: dict[str, str]

    def stream(self, steps: list, **config) -> Session:
        url = self.handler.part.url.replace("http", "ws", 1) + "/media-stream"
        config = SessionConfig(custom_parameters=self.parameters, quiet_period_s=1.0, **config)
        return Session(url, scenario=Scenario("call", steps), config=config, identity=self.identity)

    def over(self) -> None:
        """The carrier tells that the call has ended."""
        self.handler.webhook(self, "status", CallStatus="completed", CallDuration="9")

    def result(self) -> dict:
        return eventually(lambda: self.handler.get(f"/calls/{self.order_id}").get("result"), "result", 20)


class Handler:
    """The handler, with its carrier and its engine stood in for."""

    def __init__(self, folder: Path, voice_url: str):
        self.carrier = StandInCarrier()
        self.engine = LocalServer(lambda _: Answer(200, '{"status":"accepted"}', "application/json"))
        self.part = ringback.start(
            "handler",
            folder,
            *("--public-url", PUBLIC_URL, "--api-token", API_TOKEN),
            *("--carrier-url", self.carrier.server.url, "--engine-url", self.engine.url),
            *("--voice-url", voice_url.replace("http", "ws", 1) + "/v1/realtime", "--voice-model", "ringback-local"),
        )

    def ask(self, path: str, data: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        request = urllib.request.Request(self.part.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def get(self, path: str) -> dict:
        status, body = self.ask(path, None, {"Authorization": f"Bearer {API_TOKEN}"})
        assert status == 200, body
        return json.loads(body)

    def webhook(self, call, kind: str, token: str = AUTH_TOKEN, **form: str) -> tuple[int, str]:
        """What the carrier sends: signed by Twilio's own library, for the public address."""
        form = {"CallSid": call.identity.call_sid, "AccountSid": ACCOUNT_SID, **form}
        path = f"/twilio/{kind}/{call.order_id}"
        signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, form)
        return self.ask(path, urlencode(form).encode(), {"X-Twilio-Signature": signature})

    def call(self) -> Call:
        """Orders a call, and takes it as far as its answer."""
        identity = StreamIdentity(account_sid=ACCOUNT_SID)
        self.carrier.call_sids.append(identity.call_sid)
        headers = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"}
        status, body = self.ask("/order", json.dumps(ORDER).encode(), headers)
        assert status == 200, body
        order_id = json.loads(body)["order_id"]
        call = Call(self, order_id, identity, {})
        assert self.webhook(call, "twiml", token="another")[0] == 403
        for status in ("ringing", "in-progress"):
            self.carrier.status[identity.call_sid] = status
            assert self.webhook(call, "status", CallStatus=status)[0] == 204
        status, twiml = self.webhook(call, "twiml", CallStatus="in-progress")
        assert status == 200, twiml
        stream = ElementTree.fromstring(twiml).find("Connect/Stream")
        assert stream is not None and stream.get("url") == PUBLIC_URL.replace("https", "wss", 1) + "/media-stream", twiml
        call.parameters = {p.get("name"): p.get("value") for p in stream.findall("Parameter")}
        return call

    def close(self) -> None:
        self.part.stop()
        self.carrier.server.close()
        self.engine.close()


@pytest.fixture(scope="module")
def handler(tmp_path_factory, voice):
    handler = Handler(tmp_path_factory.mktemp("handler"), voice.url)
    yield handler
    handler.close()
    assert "panicked" not in handler.part.log(), handler.part.log()


@pytest.fixture
def says(spoken):
    """Makes steps that say something."""

    def step(words: str) -> Say:
        audio = asyncio.run(spoken(words))
        frames = [audio[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff") for start in range(0, len(audio), FRAME_BYTES)]
        return Say(Path(words), frames)

    return step


def run(session: Session):
    result = asyncio.run(session.run())
    assert result.violations == [] and result.unknown_events == [], result.violations
    assert result.failed_expectations == []
    assert not result.closed_by or result.closed_by == "caller", result.closed_by
    return result


def said_by(result: dict, speaker: str) -> str:
    return " ".join(line["text"] for line in result["transcript"] if line["speaker"] == speaker)


def test_a_conversation_breaks_no_rule_of_the_protocol(handler, says):
    call = handler.call()
    session = call.stream(
        [says("Tony's Pizza, what can I get you?"), WaitFor("audio"), Wait(OPENING_S)]
        + [says("What size would you like, small, medium or large?"), Wait(4), Expect("no_violations")]
    )
    result = run(session)
    assert result.frames_dropped == 0 and result.clears_received == 0 and not result.timed_out
    # Every mark comes once, has a name of its own, and was waited for.
    assert len(set(result.marks_received)) == len(result.marks_received) > 0
    assert set(result.marks_echoed) == set(result.marks_received)
    # Media arrives in a stream, not in one lump, and has whole frames.
    assert len(result.audio_received) / result.media_frames_received <= 2_000, "bytes in one message"
    call.over()
    told = call.result()
    assert told["status"] == "completed"
    assert "on behalf of Laura Bennett" in said_by(told, "agent") and "Large" in said_by(told, "agent")
    assert "size" in said_by(told, "callee").lower()


def test_an_interruption_clears_and_the_call_goes_on_without_the_marks(handler, says):
    call = handler.call()
    session = call.stream(
        [says("Tony's Pizza, what can I get you?"), WaitFor("audio"), Wait(1.0)]
        + [says("Wait, wait, stop, please stop."), WaitFor("clear", 5), Expect("clear"), Wait(1.0)]
        + [says("Who is this?"), Wait(2.5), WaitFor("quiet", 15)]
    )
    result = run(session)
    assert result.clears_received >= 1
    assert set(result.marks_echoed) < set(result.marks_received), "marks of what was cleared did not come back"
    # It was heard after the interruption, too.
    cleared = result.events_of("clear_received")[0].at
    assert any(event.at > cleared + 1.0 for event in result.events_of("media_received"))
    call.over()
    told = call.result()
    agent = [line for line in told["transcript"] if line["speaker"] == "agent"]
    assert any(line["interrupted"] for line in agent), agent


@pytest.mark.parametrize("line", [Impairments(loss=0.05), Impairments(jitter_ms=15)], ids=Impairments.describe)
def test_a_bad_line_is_borne(handler, says, line):
    call = handler.call()
    session = call.stream(
        [says("Tony's Pizza, what can I get you?"), WaitFor("audio"), Wait(0.5), WaitFor("quiet", 15), Expect("audio")],
        impairments=line,
        chaos_seed=7,
    )
    result = run(session)
    assert (result.frames_dropped > 0) == (line.loss > 0)
    assert len(result.audio_received) / 8_000 > 4, "seconds of the opening"
    call.over()
    told = call.result()
    assert told["status"] == "completed" and "pizza" in said_by(told, "callee").lower()


def test_a_stream_that_breaks_off_is_told_and_hung_up(handler, says):
    call = handler.call()
    result = run(call.stream([says("Tony's Pizza, what can I get you?"), WaitFor("audio"), Wait(0.5), Hangup()]))
    assert result.closed_by == "caller"
    told = call.result()
    assert (told["ended_reason"], told["outcome"]["status"]) == ("carrier_lost", "unknown"), told
    eventually(lambda: handler.carrier.status[call.identity.call_sid] == "completed", "hang-up at the carrier")


def test_a_token_opens_one_stream_only(handler, says):
    call = handler.call()
    stranger = StreamIdentity(account_sid=ACCOUNT_SID)
    for parameters, identity in [
        ({**call.parameters, "token": "guessed"}, call.identity),
        ({"order_id": call.parameters["order_id"]}, call.identity),
        (call.parameters, stranger),
        ({**call.parameters, "order_id": "o_other"}, call.identity),
    ]:
        session = Call(handler, call.order_id, identity, parameters).stream([Wait(5)])
        refused = asyncio.run(session.run())
        assert refused.closed_by == "agent" and refused.closed_before_audio, (parameters, refused.closed_by)
    # The right one still gets in after all that, once.
    steps = [says("Tony's Pizza, what can I get you?"), WaitFor("audio"), Expect("audio"), Wait(1.0)]
    outcome = []
    first = threading.Thread(target=lambda: outcome.append(asyncio.run(call.stream(steps).run())))
    first.start()
    eventually(lambda: handler.get(f"/calls/{call.order_id}").get("stage") == "connected", "joined stream")
    again = asyncio.run(call.stream([Wait(5)]).run())
    assert again.closed_by == "agent" and again.closed_before_audio
    first.join(30)
    assert outcome and outcome[0].failed_expectations == [] and outcome[0].closed_by is None
    call.over()
    call.result()
