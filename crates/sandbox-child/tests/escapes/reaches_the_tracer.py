# From within a traced run, looks for the tracer's own names and stops it.
# trace: 200
import sys


def reach():
    tracer = sys.gettrace()
    if tracer is not None:
        for name in ("__globals__", "__closure__", "__self__", "__code__"):
            try:
                found = getattr(tracer, name)
            except Exception:
                continue
            if isinstance(found, dict):
                for key in found:
                    if key in ("nonce", "expected"):
                        print("ESCAPED", key)
    frame = sys._getframe()
    while frame is not None:
        if frame.f_trace is not None:
            for key in getattr(frame.f_trace, "__globals__", {}):
                if "nonce" in key:
                    print("ESCAPED", key)
        frame = frame.f_back
    sys.settrace(None)


reach()
print("reached")
