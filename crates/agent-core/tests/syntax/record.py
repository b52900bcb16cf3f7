"""Writes what CPython 3.13 says about each program of probes.txt into verdicts.jsonl, one JSON object a line.

probes.txt holds one program a line, as a Python string literal. Run it with CPython 3.13 from this folder.
"""
import ast
import json
import sys
import warnings

assert sys.version_info[:2] == (3, 13), "the reference is CPython 3.13"
warnings.simplefilter("ignore")
with open("probes.txt", encoding="utf-8") as probes, open("verdicts.jsonl", "w", encoding="utf-8") as out:
    for probe in probes:
        code = ast.literal_eval(probe)
        verdict = {"code": code, "message": None, "line": None, "column": None}
        try:
            compile(code, "probe", "exec", dont_inherit=True)
        except SyntaxError as error:
            verdict |= {"message": error.msg, "line": error.lineno, "column": error.offset}
        out.write(json.dumps(verdict, ensure_ascii=False) + "\n")
