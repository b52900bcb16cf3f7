"""What schemathesis must know about our answers that an OpenAPI document cannot say."""

import schemathesis


@schemathesis.hook
def map_body(context, body):
    """To JSON Schema 2.0 is a whole number; to our readers it is a fraction, and refused as a wrong type."""
    return _whole(body)


def _whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return value
