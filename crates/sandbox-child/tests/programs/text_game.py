board = [[" "] * 3 for _ in range(3)]


def winner(b):
    lines = b + [list(c) for c in zip(*b)] + [[b[i][i] for i in range(3)], [b[i][2 - i] for i in range(3)]]
    return next((l[0] for l in lines if l[0] != " " and len(set(l)) == 1), None)


player = "X"
while winner(board) is None:
    row, column = map(int, input(f"{player}: ").split())
    if board[row][column] != " ":
        print("taken")
        continue
    board[row][column] = player
    player = "O" if player == "X" else "X"
print()
print("\n-+-+-\n".join("|".join(row) for row in board))
print("winner", winner(board))
