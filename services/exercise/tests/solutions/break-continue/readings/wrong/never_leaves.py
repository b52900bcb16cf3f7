# verdict: error=EOFError; misconception=reads-too-much; rule=`break`; line=4; score=0
total = 0
count = 0
while True:
    reading = int(input())
    if reading >= {{ least }}:
        total = total + reading
        count = count + 1
print(total)
print(count)
