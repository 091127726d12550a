"""npm `@openai/agents-extensions` as the bridge between the simulator and the voice; the test itself is JavaScript."""

import os
import subprocess
from pathlib import Path

from ringback import ACCOUNT_SID, AUTH_TOKEN

FOLDER = Path(__file__).parent / "agents"


def test_the_official_bridge_carries_a_call(sim, voice):
    assert (FOLDER / "node_modules").is_dir(), "run `npm ci` in interop/agents; `cargo xtask test interop` does"
    env = os.environ | {"SIM_URL": sim.url, "VOICE_URL": voice.url, "ACCOUNT_SID": ACCOUNT_SID, "AUTH_TOKEN": AUTH_TOKEN}
    # Nothing of the call goes to the provider's tracing.
    env |= {"OPENAI_AGENTS_DISABLE_TRACING": "1"}
    run = subprocess.run(["npm", "test", "--silent"], cwd=FOLDER, env=env, capture_output=True, text=True, timeout=150)
    assert run.returncode == 0, run.stdout + run.stderr
