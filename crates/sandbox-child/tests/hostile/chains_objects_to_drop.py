# Drops a linked list of 200,000 nodes, each with a finaliser.
# ends: finished or crashed-allowed or out-of-memory or raised RecursionError
class Node:
    def __init__(self, next):
        self.next = next

    def __del__(self):
        pass


head = None
for _ in range(100_000):
    head = Node(head)
head = None
print("dropped")
