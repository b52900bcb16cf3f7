"""What crash tests have in common: clients that know what they were promised, and the audit of what is kept.

Not here: what is killed, and how (scripts/crash, scripts/crash-cluster).
"""

import http.client
import random
import threading
import time
from collections import Counter

from fleet import call

COMPONENTS = ["variables", "data-types", "input-output", "operators", "type-conversion"]
QUESTIONS = 3
PROGRAM = "prices = [3, 4]\ntotal = 0\nfor price in prices:\n    total = total + price\nprint(total)\n"
SETTLES_WITHIN_S = 180
ANSWERED_WITHIN_S = 120


class Promises:
    """What the workers were promised."""

    def __init__(self):
        self.lock = threading.Lock()
        self.accepted = 0
        self.duplicates_seen = 0
        self.scores = {}  # (student, key) -> event id of the answer
        self.quizzes = Counter()  # student -> answers that were accepted
        self.reviews = Counter()  # student -> programs whose review was recorded
        self.wrong = []

    def accept(self, duplicates=0):
        with self.lock:
            self.accepted += 1
            self.duplicates_seen += duplicates


class Worker(threading.Thread):
    """One client: its own students, one request at a time."""

    def __init__(self, crash, number, students=3):
        super().__init__(daemon=True)
        self.crash = crash
        self.promises = crash.promises
        self.random = random.Random(f"{crash.seed}-{number}")
        self.students = [f"student-{number}-{n}" for n in range(students)]
        self.connections = {}
        self.sent = 0

    def run(self):
        try:
            while not self.crash.closing.is_set():
                student = self.random.choice(self.students)
                self.random.choices([self.score, self.quiz, self.review], weights=[6, 3, 1])[0](student)
        except Exception as error:  # a worker that dies must not leave a run that looks well
            self.promises.wrong.append(f"worker: {error!r}")

    def ask(self, method, path, token, body):
        """One try: the status and the body, or None where there was no answer."""
        self.crash.serving.wait()
        agent = path.split("/")[3]
        try:
            if agent not in self.connections:
                self.connections[agent] = self.crash.fleet.connect(path)
            return call(self.connections[agent], method, path, token, body)
        except (OSError, http.client.HTTPException):
            self.connections.pop(agent, None)
            return None

    def insist(self, path, token, body):
        """Until there is an answer. How often it was sent comes with it."""
        give_up, sent = time.monotonic() + ANSWERED_WITHIN_S, 0
        while time.monotonic() < give_up:
            sent += 1
            answer = self.ask("POST", path, token, body)
            # 503: try later. The store is away, closing, or just opening; whether it was done is not known then.
            if answer is not None and answer[0] != 503:
                return answer, sent
            time.sleep(0.01)
        raise TimeoutError(path)

    def score(self, student):
        self.sent += 1
        key = f"{self.name}-{self.sent}"
        scores = {name: self.random.randint(0, 100) / 100 for name in ("completion", "quiz", "quality", "consistency")}
        body = {"component": self.random.choice(COMPONENTS), "scores": scores, "idempotency_key": key}
        duplicates = 0
        # Some clients send twice for no reason.
        for _ in range(2 if self.random.random() < 0.1 else 1):
            (status, answer), _ = self.insist(f"/api/v1/progress/{student}", self.crash.teacher, body)
            if status != 200:
                self.promises.wrong.append(f"scores {key}: {status} {answer}")
                return
            first = self.promises.scores.setdefault((student, key), answer["event_id"])
            if first != answer["event_id"]:
                self.promises.wrong.append(f"scores {key}: two event ids")
            duplicates += answer["duplicate"]
        self.promises.accept(duplicates)

    def quiz(self, student):
        token = self.crash.tokens[student]
        asked = {"concept": self.random.choice(COMPONENTS), "count": QUESTIONS}
        (status, quiz), _ = self.insist("/api/v1/concepts/quiz", token, asked)
        if status != 200:
            self.promises.wrong.append(f"quiz: {status} {quiz}")
            return
        answers = [{"question_id": question["question_id"], "answer": "a"} for question in quiz["questions"]]
        body = {"quiz_id": quiz["quiz_id"], "answers": answers}
        (status, graded), sent = self.insist("/api/v1/concepts/answers", token, body)
        if status != 200:
            self.promises.wrong.append(f"answers, sent {sent} times: {status} {graded}")
            return
        self.promises.accept(duplicates=graded["duplicate"])
        with self.promises.lock:
            self.promises.quizzes[student] += len(answers)

    def review(self, student):
        self.sent += 1
        # No two programs are the same: the same one counts once.
        body = {"code": PROGRAM.replace("4", str(self.sent)), "component": self.random.choice(COMPONENTS)}
        (status, review), _ = self.insist("/api/v1/review/quality", self.crash.tokens[student], body)
        if status != 200:
            self.promises.wrong.append(f"review: {status} {review}")
            return
        self.promises.accept(duplicates=review["evidence"] == "recorded-before")
        with self.promises.lock:
            self.promises.reviews[student] += 1


class Audit:
    """Reads what is kept of each student, and compares it with what was promised."""

    def __init__(self, fleet, promises, tokens):
        self.fleet = fleet
        self.promises = promises
        self.tokens = tokens
        self.students = list(tokens)

    def export(self, student):
        """The student's log as it is kept: keys of posts, and how many events there are of each kind of evidence."""
        status, answer = self.fleet.call("GET", f"/api/v1/progress/{student}/export", self.tokens[student])
        if status != 200:
            raise SystemExit(f"export of {student}: {status} {answer}")
        entries = [item for item in answer["items"] if "fact" in item["body"]]
        kinds = Counter(entry["body"]["fact"]["kind"] for entry in entries)
        keys = [(entry["body"].get("idempotency_key"), event_id(entry)) for entry in entries]
        return Counter(pair for pair in keys if pair[0]), kinds

    def settle(self):
        """Evidence reaches Progress through outbox and bus: waits until it is there, or long enough."""
        give_up = time.monotonic() + SETTLES_WITHIN_S
        while time.monotonic() < give_up:
            kinds = {student: self.export(student)[1] for student in self.students}
            if all(
                kinds[student]["quiz_answered"] >= self.promises.quizzes[student]
                and kinds[student]["code_reviewed"] >= self.promises.reviews[student]
                for student in self.students
            ):
                return
            time.sleep(0.1)

    def counts(self):
        """How much is applied, applied twice, and lost."""
        applied = twice = lost = 0
        for student in self.students:
            posts, kinds = self.export(student)
            by_key = Counter()
            for (key, _), times in posts.items():
                by_key[key] += times
            promised = {key: event for (who, key), event in self.promises.scores.items() if who == student}
            for key, event in promised.items():
                applied += min(by_key[key], 1)
                twice += max(by_key[key] - 1, 0)
                lost += (key, event) not in posts
            twice += sum(times for key, times in by_key.items() if key not in promised)
            quizzes, answers = kinds["quiz_answered"], self.promises.quizzes[student]
            applied += min(quizzes, answers) // QUESTIONS
            twice += max(quizzes - answers, 0)
            lost += max(answers - quizzes, 0)
            reviews, answered = kinds["code_reviewed"], self.promises.reviews[student]
            applied += min(reviews, answered)
            twice += max(reviews - answered, 0)
            lost += max(answered - reviews, 0)
        return applied, twice, lost


def event_id(entry):
    """The log's key of an entry: the event's id, perhaps behind its place."""
    return entry["key"].rsplit("/", 1)[-1]
