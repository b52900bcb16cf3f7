"""What most programs import, imported beforehand."""

import string, math, re, json, collections, itertools, functools, operator
import random, copy, enum, dataclasses, typing, datetime, time, textwrap, heapq, bisect, io
