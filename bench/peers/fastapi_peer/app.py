"""The peer: the same two routes as a team would write them with FastAPI and Pydantic v2, with care for speed.

What is equal: the routes and their answers' shape, the token check (EdDSA, exp, nbf, aud, iss, sub), who may write for
whom, validation with the field named, the formula, idempotency keys, and what is on disk before the answer: one SQLite
database in WAL mode with synchronous=FULL. What is not there, in the peer's favour: the outbox, events, history, explain,
limits, logs, metrics, token counts; and for code only the first error, without explanation or edit.
"""

import ast
import json
import os
import sqlite3
import uuid
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

DATABASE = os.environ["PEER_DATABASE"]
ISSUER = os.environ["PEER_ISSUER"]
AUDIENCE = os.environ["PEER_AUDIENCE"]
with open(os.environ["PEER_JWKS"]) as file:
    KEYS = {key["kid"]: jwt.PyJWK(key).key for key in json.load(file)["keys"]}

SCHEMA = """
CREATE TABLE IF NOT EXISTS roster (teacher TEXT, student TEXT, PRIMARY KEY (teacher, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    student TEXT, idempotency_key TEXT, event_id TEXT, content TEXT, answer TEXT,
    PRIMARY KEY (student, idempotency_key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mastery (
    student TEXT, component TEXT, mastery REAL, breakdown TEXT, PRIMARY KEY (student, component)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pattern (
    student TEXT, kind TEXT, seen INTEGER, PRIMARY KEY (student, kind)
) WITHOUT ROWID;
"""

database: sqlite3.Connection


@asynccontextmanager
async def lifespan(_: FastAPI):
    global database
    database = sqlite3.connect(DATABASE, timeout=30, isolation_level=None, cached_statements=256)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA temp_store = MEMORY")
    database.executescript(SCHEMA)
    yield
    database.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


class Principal(BaseModel):
    sub: str
    role: Literal["student", "teacher", "operator", "service"]


async def principal(request: Request) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401, "no token")
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "nbf", "aud", "iss", "sub"]},
        )
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, "bad token") from None
    return Principal.model_construct(sub=claims["sub"], role=claims["role"])


Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Scores(BaseModel):
    model_config = ConfigDict(extra="forbid")
    completion: Score
    quiz: Score
    quality: Score
    consistency: Score


class Progress(BaseModel):
    model_config = ConfigDict(extra="forbid")
    component: Id
    scores: Scores
    idempotency_key: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class Mastery(BaseModel):
    student_id: str
    component: str
    mastery: float
    level: Literal["beginner", "learning", "proficient", "mastered"]
    breakdown: Scores
    event_id: str
    duplicate: bool


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(max_length=1 << 20)]
    language: Literal["python"] = "python"
    student_id: Id | None = None


class Error(BaseModel):
    message: str
    line: int
    column: int
    end_line: int
    end_column: int


class Complexity(BaseModel):
    functions: int = 0
    loops: int = 0
    branches: int = 0
    lines: int = 0


class Analysis(BaseModel):
    valid: bool
    errors: list[Error]
    complexity: Complexity


def level(mastery: float) -> str:
    if mastery <= 0.4:
        return "beginner"
    if mastery <= 0.7:
        return "learning"
    return "proficient" if mastery <= 0.9 else "mastered"


# `async def` with the commit inside: a worker's one connection is written by one request at a time anyway, and this way
# no request hops to a thread and back.
@app.post("/api/v1/progress/{student_id}")
async def record(student_id: Id, body: Progress, who: Annotated[Principal, Depends(principal)]) -> Mastery:
    if who.role == "teacher":
        row = database.execute("SELECT 1 FROM roster WHERE teacher = ? AND student = ?", (who.sub, student_id)).fetchone()
        if row is None:
            raise HTTPException(403, "not a student of yours")
    elif who.role != "service":
        raise HTTPException(403, "teachers and services record scores")
    scores = body.scores
    mastery = round(0.4 * scores.completion + 0.3 * scores.quiz + 0.2 * scores.quality + 0.1 * scores.consistency, 9)
    event_id = str(uuid.uuid4())
    key = body.idempotency_key or event_id
    content = body.model_dump_json(exclude={"idempotency_key"})
    answer = Mastery(
        student_id=student_id,
        component=body.component,
        mastery=mastery,
        level=level(mastery),
        breakdown=scores,
        event_id=event_id,
        duplicate=False,
    )
    database.execute("BEGIN IMMEDIATE")
    try:
        known = database.execute(
            "SELECT content, answer FROM event WHERE student = ? AND idempotency_key = ?", (student_id, key)
        ).fetchone()
        if known is None:
            database.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
                (student_id, key, event_id, content, answer.model_dump_json()),
            )
            database.execute(
                "INSERT INTO mastery VALUES (?, ?, ?, ?) ON CONFLICT (student, component) "
                "DO UPDATE SET mastery = excluded.mastery, breakdown = excluded.breakdown",
                (student_id, body.component, mastery, scores.model_dump_json()),
            )
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    if known is None:
        return answer
    if known[0] != content:
        raise HTTPException(409, "another content under this idempotency key")
    return Mastery.model_validate_json(known[1]).model_copy(update={"duplicate": True})


class Complexities(ast.NodeVisitor):
    def __init__(self):
        self.found = Complexity()

    def generic_visit(self, node):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self.found.functions += 1
        elif isinstance(node, ast.For | ast.While | ast.AsyncFor | ast.comprehension):
            self.found.loops += 1
        elif isinstance(node, ast.If | ast.IfExp | ast.Match | ast.Try):
            self.found.branches += 1
        super().generic_visit(node)


@app.post("/api/v1/debug/analyze")
async def analyze(body: Code, who: Annotated[Principal, Depends(principal)]) -> Analysis:
    try:
        tree = ast.parse(body.code)
    except SyntaxError as error:
        if who.role == "student":
            database.execute(
                "INSERT INTO pattern VALUES (?, ?, 1) ON CONFLICT (student, kind) DO UPDATE SET seen = seen + 1",
                (who.sub, error.msg),
            )
        found = Error(
            message=error.msg,
            line=error.lineno or 1,
            column=error.offset or 1,
            end_line=error.end_lineno or error.lineno or 1,
            end_column=error.end_offset or error.offset or 1,
        )
        return Analysis(valid=False, errors=[found], complexity=Complexity(lines=body.code.count("\n") + 1))
    visitor = Complexities()
    visitor.visit(tree)
    visitor.found.lines = body.code.count("\n") + 1
    return Analysis(valid=True, errors=[], complexity=visitor.found)


@app.put("/api/v1/progress/classes/{class_id}")
async def put_class(class_id: str, request: Request, who: Annotated[Principal, Depends(principal)]) -> JSONResponse:
    students = (await request.json())["students"]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT OR IGNORE INTO roster VALUES (?, ?)", [(who.sub, student) for student in students])
    database.execute("COMMIT")
    return JSONResponse({"class_id": class_id, "students": students})


@app.get("/ready")
async def ready() -> JSONResponse:
    return JSONResponse({"status": "ready"})
