"""Speech for the tests, made by the local voice itself."""

import asyncio
import base64

from openai import AsyncOpenAI

WITHIN_S = 20


async def say(voice_url: str, words: str) -> bytes:
    """The words as µ-law audio of 8 kHz, in another voice than the agent's."""
    client = AsyncOpenAI(api_key="none", websocket_base_url=voice_url.replace("http", "ws", 1) + "/v1")
    async with client.realtime.connect(model="ringback-local") as connection:
        await connection.session.update(
            session={"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcmu"}, "voice": "cedar"}}}
        )
        exactly = f'Say exactly the following words and nothing else, and call no tool: "{words}"'
        await connection.response.create(response={"instructions": exactly})
        audio = bytearray()
        async with asyncio.timeout(WITHIN_S):
            async for event in connection:
                if event.type == "response.output_audio.delta":
                    audio += base64.b64decode(event.delta)
                if event.type == "response.done":
                    return bytes(audio)
    raise AssertionError(f"the voice did not say {words!r}")
