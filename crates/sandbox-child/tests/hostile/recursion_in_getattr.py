# Has an attribute if it has that attribute.
# ends: raised RecursionError
class G:
    def __getattr__(self, name):
        return getattr(self, name + "x")


G().anything
