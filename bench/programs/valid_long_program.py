"""A text adventure of three rooms."""

ROOMS = {
    "hall": {"north": "library", "text": "You are in a cold hall.", "items": ["lamp"]},
    "library": {"south": "hall", "east": "tower", "text": "Books up to the ceiling.", "items": ["map", "key"]},
    "tower": {"west": "library", "text": "The wind howls. A chest stands here.", "items": []},
}


def describe(room, items):
    print(ROOMS[room]["text"])
    if items[room]:
        print("You see:", ", ".join(items[room]))
    exits = [way for way in ROOMS[room] if way in ("north", "south", "east", "west")]
    print("Exits:", ", ".join(exits))


def take(room, items, bag, thing):
    if thing in items[room]:
        items[room].remove(thing)
        bag.append(thing)
        print("Taken.")
    else:
        print("There is no", thing, "here.")


def go(room, way):
    if way in ROOMS[room]:
        return ROOMS[room][way]
    print("There is a wall.")
    return room


def play(commands):
    room = "hall"
    bag = []
    items = {name: list(details["items"]) for name, details in ROOMS.items()}
    for command in commands:
        words = command.lower().split()
        if not words:
            continue
        if words[0] == "go" and len(words) == 2:
            room = go(room, words[1])
        elif words[0] == "take" and len(words) == 2:
            take(room, items, bag, words[1])
        elif words[0] == "open" and room == "tower":
            if "key" in bag:
                print("The chest is full of gold. You win!")
                return True
            print("It is locked.")
        elif words[0] == "look":
            describe(room, items)
        else:
            print("I do not understand", command)
    return False


if __name__ == "__main__":
    play(["look", "take lamp", "go north", "take key", "look", "go east", "open chest"])
