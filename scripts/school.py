"""A class of students at whatever runs (scripts/fleet.py, scripts/cluster.py, scripts/release.py): what they do that must not be
lost, and what is known of them.

Not here: what becomes of it (scripts/check-backup, scripts/check-release).
"""

import json
import threading

from fleet import put_class

STUDENTS = ["ada", "grace", "alan", "erased"]
BUSY = [f"busy-{number}" for number in range(4)]


class School:
    """A class, its teacher and its students, at whatever runs."""

    def __init__(self, running):
        self.running = running
        self.teacher = running.token("ms-lovelace", "teacher")
        self.tokens = {student: running.token(student, "student") for student in STUDENTS + BUSY}
        put_class(running, "one", self.teacher, STUDENTS + BUSY)

    def score(self, student, key, value=0.8, component="variables"):
        body = {
            "component": component,
            "scores": {name: value for name in ("completion", "quiz", "quality", "consistency")},
            "idempotency_key": key,
        }
        status, answer = self.running.call("POST", f"/api/v1/progress/{student}", self.teacher, body)
        if status != 200:
            raise SystemExit(f"score {key} of {student}: {status} {answer}")
        return answer

    def quiz(self, student, component):
        token = self.tokens[student]
        status, quiz = self.running.call("POST", "/api/v1/concepts/quiz", token, {"concept": component, "count": 2})
        if status != 200:
            raise SystemExit(f"quiz: {status} {quiz}")
        answers = [{"question_id": question["question_id"], "answer": "a"} for question in quiz["questions"]]
        body = {"quiz_id": quiz["quiz_id"], "answers": answers}
        status, graded = self.running.call("POST", "/api/v1/concepts/answers", token, body)
        if status != 200:
            raise SystemExit(f"answers: {status} {graded}")
        return len(answers)

    def target(self, component, value):
        """A target without evidence lies on no topic."""
        body = {"component": component, "target": value}
        status, answer = self.running.call("PUT", "/api/v1/progress/classes/one/targets", self.teacher, body)
        if status != 200:
            raise SystemExit(f"target: {status} {answer}")

    def erase(self, student):
        status, answer = self.running.call("DELETE", f"/api/v1/progress/{student}", self.tokens[student])
        if status not in (200, 202, 204):
            raise SystemExit(f"erasing {student}: {status} {answer}")

    def facts(self, student):
        status, export = self.running.call("GET", f"/api/v1/progress/{student}/export", self.tokens[student])
        if status != 200:
            raise SystemExit(f"export of {student}: {status} {export}")
        return sorted(json.dumps(item["body"], sort_keys=True) for item in export["items"] if "fact" in item["body"])

    def state(self, students=STUDENTS):
        """What Progress says of each student and of the class, event by event."""
        found = {}
        for student in students:
            _, answer = self.running.call("GET", f"/api/v1/progress/{student}", self.tokens[student])
            found[student] = (answer, self.facts(student))
        for name in ("one", "late"):
            status, answer = self.running.call("GET", f"/api/v1/progress/classes/{name}", self.teacher)
            # A problem has the trace of its request.
            found[f"class {name}"] = (status, answer if status == 200 else None)
        return found


def differing(one, other):
    return [name for name in one if one[name] != other[name]]


class Load(threading.Thread):
    """Goes on posting while a backup is taken, and knows what was answered."""

    def __init__(self, school):
        super().__init__(daemon=True)
        self.school = school
        self.accepted = []
        self.closing = threading.Event()

    def run(self):
        number = 0
        while not self.closing.is_set():
            student = BUSY[number % len(BUSY)]
            self.accepted.append((student, self.school.score(student, f"busy-{number}")["event_id"]))
            number += 1

    def end(self):
        self.closing.set()
        self.join()
