"""What the generated requests must keep to: an order rings only where nobody needs to speak, and once for each key; and whole
numbers are written as such, as the documents say: to JSON Schema 1.0 is an integer too."""

import re
import uuid

import schemathesis

# The simulator's busy line: the call is over as soon as it is made.
BUSY = "+14155550110"
# What the handler takes for a number, separators dropped.
NUMBER = re.compile(r"\s*\+[1-9][0-9]{6,14}\s*")


def whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = whole(case.body)
    if case.method.upper() != "POST" or case.operation.path != "/order":
        return
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("target_phone_number"), str):
        if NUMBER.fullmatch(re.sub(r"[ \-.()\u00a0]", "", body["target_phone_number"])):
            body["target_phone_number"] = BUSY
    # A good key is made a fresh one: the same key with another body is refused, and rightly.
    keys = [name for name in case.headers or {} if name.lower() == "idempotency-key"]
    for name in keys:
        if re.fullmatch(r"[!-~]{1,200}", str(case.headers[name])):
            case.headers[name] = str(uuid.uuid4())
