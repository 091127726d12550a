"""PyPI `openai` against the local voice: a whole conversation in audio, by the client's own types."""

import asyncio
import base64
import json

import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, TypeAdapter

WITHIN_S = 20
FRAME_BYTES = 160
SILENCE = b"\xff" * FRAME_BYTES
EVENTS: TypeAdapter = TypeAdapter(RealtimeServerEvent)

BRIEFING = """# Opening (say this first, word for word)
Hello, this is an AI assistant calling on behalf of Laura Bennett. I would like to order a large pepperoni pizza for delivery.

# Goal
order a large pepperoni pizza for delivery

# Kind of task
order_food

# Instructions
Order the pizza and find out the total.

# Details you may tell (nothing else; never guess)
- item: pepperoni pizza
- size: large
- quantity: 1
- fulfilment: delivery
- delivery_address: 742 Evergreen Terrace
- user_name: Laura Bennett

# Find out and report
- total: What is the total?

# Rules
- Be brief.
"""
OPENING = BRIEFING.splitlines()[1]

TOOLS = [
    {"type": "function", "name": "end_call", "description": "Hang up.", "parameters": {"type": "object", "properties": {}}},
    {
        "type": "function",
        "name": "report_outcome",
        "description": "Tell what came of it.",
        "parameters": {"type": "object", "properties": {"status": {"type": "string"}, "summary": {"type": "string"}}},
    },
]


def session(*, answers_itself: bool, audio_format: dict | None = None) -> dict:
    """The session as Ringback's handler configures it, or one that answers and interrupts by itself."""
    audio_format = audio_format or {"type": "audio/pcmu"}
    return {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": BRIEFING,
        "audio": {
            "input": {
                "format": audio_format,
                "transcription": {"model": "gpt-4o-mini-transcribe"},
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 400,
                    "create_response": answers_itself,
                    "interrupt_response": answers_itself,
                },
            },
            "output": {"format": audio_format, "voice": "marin"},
        },
        "tools": TOOLS,
        "tool_choice": "auto",
    }


# The documentation's session object has these; the library's types of 3.54 leave them out.
OF_THE_SESSION = {"object", "id", "expires_at"}


def strangers(model: BaseModel, path: str) -> list[str]:
    """Fields that the client's types do not know."""
    found = [f"{path}.{name}" for name in model.model_extra or {}]
    for name in type(model).model_fields:
        values = getattr(model, name)
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, BaseModel):
                found += strangers(value, f"{path}.{name}")
    return found


class Talk:
    """A connection that checks every event that comes: the client itself would let wrong ones pass."""

    def __init__(self, connection):
        self.connection = connection
        self.seen: list = []

    async def read(self):
        text = await asyncio.wait_for(self.connection.recv_bytes(), WITHIN_S)
        event = EVENTS.validate_json(text)
        unknown = [name for name in strangers(event, event.type) if name.removeprefix(f"{event.type}.session.") not in OF_THE_SESSION]
        assert not unknown, f"the client's types know no {unknown}"
        # No event is taken for another: its type's own class reads it back whole.
        assert event.type == json.loads(text)["type"] and event.event_id
        self.seen.append(event)
        return event

    async def until(self, kind: str):
        while True:
            event = await self.read()
            if event.type == kind:
                return event
            assert event.type != "error", event

    async def hear(self, audio: bytes):
        """The callee's audio in frames, as fast as it can be sent."""
        for start in range(0, len(audio), FRAME_BYTES):
            payload = base64.b64encode(audio[start : start + FRAME_BYTES]).decode()
            await self.connection.input_audio_buffer.append(audio=payload)

    async def answer(self):
        """Reads an answer to its end: its words, its audio, its calls of functions, and the whole response."""
        created = await self.until("response.created")
        assert created.response.status == "in_progress"
        return await self.rest_of_answer(created.response.id)

    async def rest_of_answer(self, response_id: str):
        first = len(self.seen)
        done = await self.until("response.done")
        assert done.response.id == response_id
        events = self.seen[first:]
        audio = b"".join(base64.b64decode(e.delta) for e in events if e.type == "response.output_audio.delta")
        words = " ".join(e.transcript for e in events if e.type == "response.output_audio_transcript.done")
        calls = {e.name: json.loads(e.arguments) for e in events if e.type == "response.function_call_arguments.done"}
        return words, audio, calls, done.response


@pytest.fixture
def client(voice):
    return AsyncOpenAI(api_key="none", websocket_base_url=voice.url.replace("http", "ws", 1) + "/v1", max_retries=0)


def test_the_callees_audio_is_our_own(client, spoken):
    """What is said is understood again by the client that hears it, in either format."""

    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            await talk.until("session.created")
            await connection.session.update(session=session(answers_itself=False))
            await talk.until("session.updated")
            await talk.hear(await spoken("What size would you like?") + SILENCE * 40)
            heard = await talk.until("conversation.item.input_audio_transcription.completed")
            assert heard.transcript.lower().strip(" ?") == "what size would you like"
            assert heard.usage is not None

    asyncio.run(run())


def test_a_whole_conversation_with_tools(client, spoken):
    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            created = await talk.until("session.created")
            assert created.session.type == "realtime" and created.session.model == "ringback-local"
            await connection.session.update(session=session(answers_itself=True))
            updated = (await talk.until("session.updated")).session
            assert updated.audio.input.format.type == updated.audio.output.format.type == "audio/pcmu"
            assert updated.audio.input.turn_detection.create_response is True
            assert [tool.name for tool in updated.tools] == ["end_call", "report_outcome"]

            await talk.hear(await spoken("Tony's Pizza, what can I get you?") + SILENCE * 40)
            words, audio, _, response = await talk.answer()
            assert words == OPENING
            assert 4 < len(audio) / 8_000 < 15, "seconds of speech"
            assert response.status == "completed" and response.output[0].content[0].transcript == OPENING
            assert response.usage.output_token_details.audio_tokens > 0

            for said, expected in [
                ("What size would you like, small, medium or large?", "Large, please."),
                ("What's the address for the delivery?", "The address is 742 Evergreen Terrace."),
            ]:
                await talk.hear(await spoken(said) + SILENCE * 40)
                words, audio, calls, _ = await talk.answer()
                assert (words, calls) == (expected, {}), said

            said = "So that's one large pepperoni pizza for Laura Bennett, the total is 20 dollars, thank you, goodbye."
            await talk.hear(await spoken(said) + SILENCE * 40)
            words, audio, calls, response = await talk.answer()
            assert calls["report_outcome"]["status"] == "achieved" and "end_call" in calls
            assert calls["report_outcome"]["facts"][0]["value"] == "$20"
            by_name = {item.name: item for item in response.output if item.type == "function_call"}
            await connection.conversation.item.create(
                item={"type": "function_call_output", "call_id": by_name["end_call"].call_id, "output": "{}"}
            )
            done = await talk.until("conversation.item.done")
            assert done.item.type == "function_call_output" and done.item.call_id == by_name["end_call"].call_id

        kinds = [event.type for event in talk.seen]
        first = kinds.index("input_audio_buffer.speech_started")
        assert kinds[first : first + 5] == [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
        ]
        first = kinds.index("response.created")
        answer = [kind for kind in kinds[first : kinds.index("response.done") + 1] if "delta" not in kind]
        answer = [kind for kind in answer if "transcription" not in kind]
        assert answer == [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
        assert len({event.event_id for event in talk.seen}) == len(talk.seen)

    asyncio.run(run())


def test_an_interruption_cancels_and_truncates(client, spoken):
    """As the handler does it: the client cancels, and cuts the item to what was heard."""

    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            await connection.session.update(session=session(answers_itself=False))
            await talk.until("session.updated")
            await connection.response.create()
            created = await talk.until("response.created")
            delta = await talk.until("response.output_audio.delta")
            await connection.response.cancel()
            words, _, _, response = await talk.rest_of_answer(created.response.id)
            # The first sentence was on its way before the cancellation; the second can be, too.
            if response.status == "cancelled":
                assert response.status_details.reason == "client_cancelled"
                assert response.output[0].status == "incomplete" and words != OPENING
            else:
                assert response.status == "completed"
            await connection.conversation.item.truncate(item_id=delta.item_id, content_index=0, audio_end_ms=400)
            truncated = await talk.until("conversation.item.truncated")
            assert (truncated.item_id, truncated.audio_end_ms) == (delta.item_id, 400)

            # What was not heard is said again.
            await talk.hear(await spoken("Sorry, who is this?") + SILENCE * 40)
            await talk.until("input_audio_buffer.committed")
            await connection.response.create()
            assert (await talk.answer())[0] == OPENING

    asyncio.run(run())


def test_speech_interrupts_an_answer_by_itself(client, spoken):
    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            await connection.session.update(session=session(answers_itself=True))
            await talk.until("session.updated")
            interruption = await spoken("Wait, wait, stop, please stop.")
            await connection.response.create()
            await talk.hear(interruption)
            started = await talk.until("input_audio_buffer.speech_started")
            assert started.audio_start_ms >= 0 and started.item_id
            done = next((event for event in talk.seen if event.type == "response.done"), None) or await talk.until("response.done")
            assert done.response.status == "cancelled" and done.response.status_details.reason == "turn_detected"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({"type": "response.cancel"}, "response_cancel_not_active", None),
        ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty", None),
        ({"type": "conversation.item.delete", "item_id": "item_none"}, "item_not_found", "item_id"),
        (
            {"type": "conversation.item.truncate", "item_id": "item_none", "content_index": 0, "audio_end_ms": 0},
            "item_not_found",
            "item_id",
        ),
        ({"type": "no.such.event"}, "invalid_value", "type"),
    ],
)
def test_errors_name_the_event_at_fault(client, event, code, param):
    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            await talk.until("session.created")
            await connection.send({**event, "event_id": "mine"})
            error = (await talk.read()).error
            assert (error.type, error.code, error.param, error.event_id) == ("invalid_request_error", code, param, "mine")
            assert len(error.message) > 10
            # The session goes on.
            await connection.session.update(session={"type": "realtime", "instructions": "Be brief."})
            assert (await talk.until("session.updated")).session.instructions == "Be brief."

    asyncio.run(run())


def test_every_client_event_of_the_library_is_taken(client, spoken):
    async def run():
        async with client.realtime.connect(model="ringback-local") as connection:
            talk = Talk(connection)
            await connection.session.update(
                session={
                    **session(answers_itself=False),
                    "audio": {"input": {"format": {"type": "audio/pcmu"}, "turn_detection": None}},
                }
            )
            await talk.until("session.updated")
            await talk.hear(await spoken("What size would you like?"))
            await connection.input_audio_buffer.clear()
            await talk.until("input_audio_buffer.cleared")
            await talk.hear(await spoken("What size would you like?"))
            await connection.input_audio_buffer.commit()
            committed = await talk.until("input_audio_buffer.committed")
            await connection.conversation.item.create(
                item={"type": "message", "role": "system", "content": [{"type": "input_text", "text": "The callee is Tony."}]}
            )
            told = await talk.until("conversation.item.done")
            while told.item.role != "system":
                told = await talk.until("conversation.item.done")
            await connection.conversation.item.retrieve(item_id=committed.item_id)
            got = (await talk.until("conversation.item.retrieved")).item
            assert got.id == committed.item_id and got.role == "user"
            await connection.conversation.item.delete(item_id=told.item.id)
            assert (await talk.until("conversation.item.deleted")).item_id == told.item.id
            await connection.response.create(response={"output_modalities": ["text"], "tool_choice": "none", "metadata": {"a": "b"}})
            done = (await talk.until("response.done")).response
            assert done.status == "completed" and done.output_modalities == ["text"]
            assert done.output[0].content[0].type == "output_text" and done.output[0].content[0].text == OPENING
            assert done.metadata == {"a": "b"}

    asyncio.run(run())


def test_the_clients_own_loop_and_defaults_work(client, spoken):
    """The library's event loop and handlers, with audio/pcm at 24 kHz as by default."""

    async def run():
        async with client.realtime.connect(model="gpt-realtime") as connection:
            kinds, audio = [], bytearray()

            @connection.on("event")
            async def see(event):
                kinds.append(event.type)
                if event.type == "session.updated":
                    await connection.response.create()
                if event.type == "response.output_audio.delta":
                    audio.extend(base64.b64decode(event.delta))
                if event.type == "response.done":
                    await connection.close()

            await connection.session.update(session={"type": "realtime", "instructions": BRIEFING})
            await asyncio.wait_for(connection.dispatch_events(), WITHIN_S)
            assert kinds[0] == "session.created" and kinds[-1] == "response.done" and "error" not in kinds
            assert 4 < len(audio) / 48_000 < 15

    asyncio.run(run())
