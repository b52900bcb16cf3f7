#!/usr/bin/env python3
"""Checks the Avro contracts with an implementation that shares no code with the services: fastavro.

For each example in avro/examples and in each avro/released/<version>/examples: the JSON, encoded by fastavro as a single
object, must be the bytes of its .hex file, and those bytes, decoded by fastavro, must be the JSON. The Rust tests hold
the same .hex files against the Rust types, so the two agree in both directions. Those in avro/confluent, in the frame that a
schema registry goes with, are read too.

With --write the .hex files of avro/examples are made anew. Those of a release are never rewritten.
"""

import io
import json
import struct
import sys
from pathlib import Path

from fastavro import schemaless_reader, schemaless_writer
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

AVRO = Path(__file__).resolve().parent / "avro"
MARKER = b"\xc3\x01"


def header(schema: dict) -> bytes:
    """The single-object header: the marker, then the fingerprint in little-endian order."""
    crc64 = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    return MARKER + bytes.fromhex(crc64)


def from_json(record: dict) -> dict:
    """JSON has no bytes: they stand as text of code points 0 to 255, as in Avro's own JSON encoding."""
    return {key: value.encode("latin-1") if key == "original_payload" else value for key, value in record.items()}


def encode(schema: dict, record: dict) -> bytes:
    body = io.BytesIO()
    schemaless_writer(body, in_milliseconds(schema), record, strict=True)
    return header(schema) + body.getvalue()


def decode(schema: dict, raw: bytes) -> dict:
    if raw[:10] != header(schema):
        raise ValueError(f"header {raw[:10].hex()}, expected {header(schema).hex()}")
    body = io.BytesIO(raw[10:])
    record = schemaless_reader(body, in_milliseconds(schema), None)
    if body.read(1):
        raise ValueError("bytes after the record")
    return record


def in_milliseconds(schema: dict) -> dict:
    """The same schema without logical types, so that times stay the numbers of the JSON. The wire is the same."""
    return parse_schema(without_logical_types(json.loads(json.dumps(schema))))


def without_logical_types(part):
    if isinstance(part, list):
        return [without_logical_types(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if "logicalType" in part:
        if part != {"type": "long", "logicalType": "timestamp-millis"}:
            raise ValueError(f"{part}")
        return "long"
    return {name: without_logical_types(inner) for name, inner in part.items()}


def check(folder: Path, write: bool) -> list[str]:
    mistakes = []
    examples = sorted((folder / "examples").glob("*.json"))
    shown = {path.name.split(".")[0] for path in examples}
    for schema_path in folder.glob("*.avsc"):
        if schema_path.stem not in shown:
            mistakes.append(f"{schema_path}: no example")
    for path in examples:
        schema = json.loads((folder / f"{path.name.split('.')[0]}.avsc").read_text("utf-8"))
        record = from_json(json.loads(path.read_text("utf-8")))
        raw = encode(schema, record)
        golden = path.with_suffix(".hex")
        if write:
            golden.write_text(raw.hex() + "\n", "ascii")
        kept = bytes.fromhex(golden.read_text("ascii")) if golden.exists() else b""
        if kept != raw:
            mistakes.append(f"{golden}: kept {kept.hex()}, fastavro writes {raw.hex()}")
            continue
        # Through text, so that 1 is not 1.0 and the kinds of numbers count.
        expected = repr({field["name"]: record[field["name"]] for field in schema["fields"]})
        if repr(decode(schema, kept)) != expected:
            mistakes.append(f"{golden}: fastavro reads {decode(schema, kept)}")
        # As it goes beside a schema registry: 00, the schema's id, the body.
        framed = folder / "confluent" / golden.name
        if framed.exists():
            magic, schema_id = struct.unpack(">bI", bytes.fromhex(framed.read_text("ascii"))[:5])
            body = io.BytesIO(bytes.fromhex(framed.read_text("ascii"))[5:])
            read = schemaless_reader(body, in_milliseconds(schema), None)
            if (magic, schema_id) != (0, 1) or repr(read) != expected or body.read(1):
                mistakes.append(f"{framed}: fastavro reads {magic}, {schema_id}, {read}")
    print(f"{folder.relative_to(AVRO.parent)}: {len(examples)} examples")
    return mistakes


def main() -> int:
    mistakes = check(AVRO, "--write" in sys.argv[1:])
    for release in sorted((AVRO / "released").iterdir()):
        if release.is_dir():
            mistakes += check(release, False)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
