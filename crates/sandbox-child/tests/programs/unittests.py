import unittest


def add(a, b):
    return a + b


class AddTest(unittest.TestCase):
    def setUp(self):
        self.base = 1

    def test_adds(self):
        self.assertEqual(add(self.base, 2), 3)

    def test_wrong(self):
        self.assertEqual(add(1, 1), 3)

    def test_raises(self):
        with self.assertRaises(TypeError):
            add(1, "x")


result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(AddTest).run(result)
print(result.testsRun, len(result.failures), len(result.errors), result.wasSuccessful())
print(result.failures[0][1].splitlines()[-1])
