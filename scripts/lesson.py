"""One lesson at whatever runs: everything is asked once that a dashboard asks about, what is wrong too.

Not here: what it must have counted (scripts/check-metrics).
"""

from fleet import call, put_class


class Door:
    """The fleet as one person sees it."""

    def __init__(self, fleet, subject, role):
        self.fleet, self.token = fleet, fleet.token(subject, role)

    def post(self, path, body, status=200):
        got, answer = self.fleet.call("POST", f"/api/v1/{path}", self.token, body)
        if got != status:
            raise SystemExit(f"POST {path}: {got} and not {status}: {answer}")
        return answer


def lesson(fleet):
    """Once through everything that a dashboard asks about."""
    ada, teacher = Door(fleet, "ada", "student"), Door(fleet, "ms-lovelace", "teacher")
    put_class(fleet, "7b", teacher.token, ["ada"])
    ada.post("debug/analyze", {"code": "for number in range(3)\n    print(number)\n"})
    ada.post("review/quality", {"code": "total = 0\nprint(total)\n", "component": "for"})
    ada.post("review/quality", {"code": 7}, status=422)
    ada.post("concepts/explain", {"concept": "for", "depth": "brief", "message": "I'm stuck"})
    problem = ada.post("exercise/generate", {"topic": "variables", "kind": "predict-output"})
    ada.post("exercise/verify", {"problem_id": problem["problem_id"], "answer": "no such thing"})
    ada.post("exercise/hints", {"problem_id": problem["problem_id"], "level": 1})
    # A prediction is compared; a program is run.
    task = ada.post("exercise/generate", {"topic": "for", "kind": "write"})
    ada.post("exercise/verify", {"problem_id": task["problem_id"], "answer": "print(1)\n"})
    quiz = ada.post("concepts/quiz", {"concept": "variables", "count": 2})
    answers = [{"question_id": question["question_id"], "answer": "a"} for question in quiz["questions"]]
    ada.post("concepts/answers", {"quiz_id": quiz["quiz_id"], "answers": answers})
    scores = {"completion": 1, "quiz": 1, "quality": 1, "consistency": 1}
    teacher.post("progress/ada", {"component": "while", "scores": scores})
    connection = fleet.connect("/api/v1/progress/ada")
    if call(connection, "GET", "/api/v1/progress/ada", "no.token")[0] != 401:
        raise SystemExit("a token that is none is taken")
    connection.close()
