"""PyPI `twilio` against the carrier simulator: its REST client, and its validator of what the simulator sends."""

import datetime
import json
import threading

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Connect, VoiceResponse
from websockets.sync.server import serve

from local_server import Answer, LocalServer
from ringback import ACCOUNT_SID, AUTH_TOKEN, BUSY, DEAD, FROM_NUMBER, NOBODY, PIZZERIA, eventually, get_json

EVENTS = ["initiated", "ringing", "answered", "completed"]
OVER = ("completed", "busy", "failed", "no-answer", "canceled")
PAUSE = '<Response><Pause length="60"/></Response>'


@pytest.fixture
def client(sim):
    client = Client(ACCOUNT_SID, AUTH_TOKEN)
    client.api.base_url = sim.url
    return client


@pytest.fixture
def callbacks():
    """Takes webhooks; tells whoever asks for TwiML to wait."""

    def answer(request):
        if request.path.startswith("/twiml"):
            return Answer(200, PAUSE, "application/xml")
        return Answer(204)

    server = LocalServer(answer)
    yield server
    server.close()


def create(client, callbacks, to, **more):
    """Makes a call with every parameter that Ringback's handler uses."""
    return client.calls.create(
        to=to,
        from_=FROM_NUMBER,
        url=f"{callbacks.url}/twiml/o_1?tag=a%20b&x=%C3%A9",
        method="POST",
        status_callback=f"{callbacks.url}/status/o_1",
        status_callback_method="POST",
        status_callback_event=EVENTS,
        **{"timeout": 30, "time_limit": 310} | more,
    )


def reaches(client, sid, *statuses, within_s=10):
    def look():
        call = client.calls(sid).fetch()
        return call if call.status in statuses else None

    return eventually(look, f"status {statuses}", within_s)


def test_a_call_is_created_followed_and_hung_up(client, callbacks):
    call = create(client, callbacks, PIZZERIA)
    assert call.sid.startswith("CA") and len(call.sid) == 34
    assert (call.status, call.to, call._from, call.direction) == ("queued", PIZZERIA, FROM_NUMBER, "outbound-api")
    assert call.account_sid == ACCOUNT_SID and call.api_version == "2010-04-01" and call.uri.endswith(f"{call.sid}.json")
    assert isinstance(call.date_created, datetime.datetime) and call.date_created.tzinfo is not None
    # Not dialled yet: no times, no price.
    assert (call.start_time, call.end_time, call.duration, call.price) == (None, None, None, None)

    answered = reaches(client, call.sid, "in-progress")
    assert isinstance(answered.start_time, datetime.datetime) and answered.end_time is None

    hung_up = answered.update(status="completed")
    assert hung_up.sid == call.sid
    ended = reaches(client, call.sid, "completed")
    assert isinstance(ended.end_time, datetime.datetime) and ended.end_time >= ended.start_time and int(ended.duration) >= 0
    told = eventually(lambda: len(callbacks.to("/status")) == 4 and callbacks.to("/status"), "four callbacks")
    assert [request.get("CallStatus") for request in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [request.get("SequenceNumber") for request in told] == ["0", "1", "2", "3"]
    assert told[-1].get("CallDuration") == ended.duration


@pytest.mark.parametrize(("to", "status"), [(BUSY, "busy"), (DEAD, "failed")])
def test_a_call_that_is_not_answered(client, callbacks, to, status):
    call = create(client, callbacks, to)
    ended = reaches(client, call.sid, *OVER)
    assert (ended.status, ended.duration, ended.start_time) == (status, "0", None)
    last = eventually(lambda: [r for r in callbacks.to("/status") if r.get("CallStatus") == status], "the last callback")
    assert last[0].get("CallSid") == call.sid
    assert callbacks.to("/twiml") == []


def test_a_ringing_call_can_be_cancelled_and_an_answered_one_cannot(client, callbacks):
    call = create(client, callbacks, NOBODY)
    reaches(client, call.sid, "ringing")
    client.calls(call.sid).update(status="canceled")
    assert reaches(client, call.sid, *OVER).status == "canceled"

    short = create(client, callbacks, NOBODY, timeout=1)
    assert reaches(client, short.sid, *OVER).status == "no-answer"

    call = create(client, callbacks, PIZZERIA)
    reaches(client, call.sid, "in-progress")
    with pytest.raises(TwilioRestException) as refused:
        client.calls(call.sid).update(status="canceled")
    assert refused.value.status == 400
    client.calls(call.sid).update(status="completed")
    reaches(client, call.sid, "completed")


def test_an_answered_call_is_redirected(client, callbacks):
    call = create(client, callbacks, PIZZERIA)
    reaches(client, call.sid, "in-progress")
    client.calls(call.sid).update(twiml="<Response><Hangup/></Response>")
    assert reaches(client, call.sid, *OVER).status == "completed"


def test_a_calls_end_is_told_where_an_update_says(client, callbacks):
    call = create(client, callbacks, PIZZERIA)
    reaches(client, call.sid, "in-progress")
    client.calls(call.sid).update(status="completed", status_callback=f"{callbacks.url}/elsewhere")
    told = eventually(lambda: callbacks.to("/elsewhere"), "the end, told elsewhere")
    assert [(request.get("CallSid"), request.get("CallStatus")) for request in told] == [(call.sid, "completed")]


def test_calls_are_listed_with_filters(client, callbacks):
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    busy = create(client, callbacks, BUSY)
    dead = create(client, callbacks, DEAD)
    for call in (busy, dead):
        reaches(client, call.sid, *OVER)

    def sids(**filters):
        return [call.sid for call in client.calls.list(limit=50, **filters)]

    assert sids(to=BUSY, start_time_after=before)[0] == busy.sid
    assert dead.sid not in sids(to=BUSY)
    assert set(sids(from_=FROM_NUMBER, start_time_after=before)) >= {busy.sid, dead.sid}
    assert sids(from_="+14155550198") == []
    assert dead.sid in sids(status="failed") and busy.sid not in sids(status="failed")
    assert sids(to=DEAD, status="failed", start_time_after=before - datetime.timedelta(minutes=1))[0] == dead.sid
    # The day of their making; both sides of midnight, if it is now.
    assert dead.sid in sids(start_time=before.date()) + sids(start_time=datetime.datetime.now(datetime.timezone.utc).date())
    assert sids(start_time_before=datetime.date(2020, 1, 1)) == []
    assert sids(start_time_after=before + datetime.timedelta(days=2)) == []
    # Pages follow each other by the path that the simulator gave.
    paged = [call.sid for call in client.calls.list(page_size=1, limit=2)]
    assert len(paged) == len(set(paged)) == 2 and paged == sids()[:2]
    first = client.calls.page(page_size=1)
    second = first.next_page()
    assert [call.sid for call in second] == paged[1:]
    assert [call.sid for call in second.previous_page()] == paged[:1]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "+1415555"}, 400, 21211),
        ({"to": "+14155551234"}, 403, 21215),
        ({"to": ""}, 400, 21201),
        ({"from_": "Ringback"}, 400, 21212),
        ({"url": "not a url"}, 400, 21205),
        ({"status_callback_event": ["hummed"]}, 400, 20001),
        ({"timeout": 1_000}, 400, 21208),
    ],
)
def test_a_wrong_creation_is_refused_with_the_carriers_code(client, callbacks, change, status, code):
    right = {"to": PIZZERIA, "from_": FROM_NUMBER, "url": f"{callbacks.url}/twiml/o_1"}
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(**right | change)
    assert (refused.value.status, refused.value.code) == (status, code)
    # The client tells the sentence, so it must say more than a number.
    assert len(refused.value.msg.removeprefix("Unable to create record: ")) > 8


def test_other_errors_have_the_carriers_codes(sim, client, callbacks):
    with pytest.raises(TwilioRestException) as unknown:
        client.calls("CA" + "0" * 32).fetch()
    assert (unknown.value.status, unknown.value.code) == (404, 20404)

    stranger = Client(ACCOUNT_SID, "wrong")
    stranger.api.base_url = sim.url
    with pytest.raises(TwilioRestException) as refused:
        stranger.calls("CA" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)

    call = create(client, callbacks, BUSY)
    reaches(client, call.sid, "busy")
    with pytest.raises(TwilioRestException) as over:
        client.calls(call.sid).update(status="completed")
    assert (over.value.status, over.value.code) == (400, 21220)


def test_the_validator_accepts_every_webhook_and_no_forged_one(client, callbacks):
    call = create(client, callbacks, PIZZERIA)
    reaches(client, call.sid, "in-progress")
    eventually(lambda: callbacks.to("/twiml"), "request for TwiML")
    client.calls(call.sid).update(status="completed")
    eventually(lambda: len(callbacks.to("/status")) == 4, "four callbacks")
    by_get = client.calls.create(
        to=BUSY,
        from_=FROM_NUMBER,
        url=f"{callbacks.url}/twiml/o_2",
        status_callback=f"{callbacks.url}/get-status?order=o%202",
        status_callback_method="GET",
    )
    reaches(client, by_get.sid, "busy")
    eventually(lambda: callbacks.to("/get-status"), "callback by GET")

    validator, stranger = RequestValidator(AUTH_TOKEN), RequestValidator("another token")
    assert {request.method for request in callbacks.requests} == {"GET", "POST"}
    for request in callbacks.requests:
        signature, form = request.headers["x-twilio-signature"], dict(request.form)
        assert validator.validate(request.url, form, signature), request.url
        assert not stranger.validate(request.url, form, signature)
        assert not validator.validate(request.url, form | {"CallStatus": "forged"}, signature)
        assert not validator.validate(request.url + "x", form, signature)
        assert not validator.validate(request.url, form, ("B" if signature[0] == "A" else "A") + signature[1:])


def test_a_streams_upgrade_is_signed_and_its_messages_are_twilios(sim, client):
    """TwiML of the client's own making; the stream's first messages as Twilio documents them."""
    upgrades, messages, done = [], [], threading.Event()

    def take(socket_):
        upgrades.append((socket_.request.path, socket_.request.headers))
        for text in socket_:
            messages.append(json.loads(text))
            if len(messages) == 12:
                done.set()

    with serve(take, "127.0.0.1", 0, compression=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/media-stream"
        response, connect = VoiceResponse(), Connect()
        stream = connect.stream(url=url)
        stream.parameter(name="token", value="t & t")
        stream.parameter(name="order_id", value="o_1")
        response.append(connect)
        call = client.calls.create(to=PIZZERIA, from_=FROM_NUMBER, twiml=str(response))
        assert done.wait(10), get_json(f"{sim.url}/sim/calls/{call.sid}")
        client.calls(call.sid).update(status="completed")
        reaches(client, call.sid, "completed")
        eventually(lambda: messages[-1]["event"] == "stop", "stop")
        server.shutdown()

    assert len(upgrades) == 1
    path, headers = upgrades[0]
    signature = headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(url, {}, signature)
    assert not RequestValidator(AUTH_TOKEN).validate(url + "/", {}, signature)
    assert not RequestValidator("another token").validate(url, {}, signature)

    connected, start = messages[:2]
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    sid = start["streamSid"]
    assert start["event"] == "start" and start["sequenceNumber"] == "1"
    assert start["start"] == {
        "streamSid": sid,
        "accountSid": ACCOUNT_SID,
        "callSid": call.sid,
        "tracks": ["inbound"],
        "customParameters": {"token": "t & t", "order_id": "o_1"},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    }
    for number, message in enumerate(messages[2:-1]):
        assert (message["event"], message["streamSid"]) == ("media", sid)
        assert (message["sequenceNumber"], message["media"]["chunk"]) == (str(number + 2), str(number + 1))
        assert (message["media"]["track"], message["media"]["timestamp"]) == ("inbound", str(number * 20))
    assert messages[-1]["stop"] == {"accountSid": ACCOUNT_SID, "callSid": call.sid}
