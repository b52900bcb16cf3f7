class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


class LinkedList:
    def __init__(self, values=()):
        self.head = None
        for value in reversed(list(values)):
            self.head = Node(value, self.head)

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next

    def reverse(self):
        previous, node = None, self.head
        while node:
            node.next, previous, node = previous, node, node.next
        self.head = previous


l = LinkedList([1, 2, 3])
l.reverse()
print(list(l), 2 in l, len(list(l)))


class Tree:
    def __init__(self, value):
        self.value, self.left, self.right = value, None, None

    def insert(self, value):
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child:
            child.insert(value)
        else:
            setattr(self, side, Tree(value))

    def walk(self):
        yield from self.left.walk() if self.left else ()
        yield self.value
        yield from self.right.walk() if self.right else ()


t = Tree(5)
for n in (2, 8, 1, 9):
    t.insert(n)
print(list(t.walk()))
