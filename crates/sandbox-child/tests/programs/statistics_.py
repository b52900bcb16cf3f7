import bisect
import heapq
import statistics
import string
import textwrap

print(statistics.mean([1, 2, 3, 4]), statistics.median([3, 1, 2]), statistics.mode("aab"), round(statistics.stdev([1, 2, 3, 4]), 4))
heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
print(heapq.heappop(heap), heap[0], heapq.nlargest(2, [1, 9, 4]), bisect.bisect([1, 3, 5], 3))
a = [1, 5]
bisect.insort(a, 3)
print(a, string.ascii_lowercase[:3], string.digits, string.punctuation[:3], string.Template("$x!").substitute(x="hi"))
print(textwrap.fill("the quick brown fox jumps", 10), textwrap.dedent("  a\n  b"), textwrap.shorten("hello big world", 12))
