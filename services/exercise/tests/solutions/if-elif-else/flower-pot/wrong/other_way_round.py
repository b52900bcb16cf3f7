# verdict: score<1
{{ job.measure }} = int(input())
if {{ job.measure }} {{ job.sign }} {{ limit }}:
    print("{{ job.wait }}")
else:
    print("{{ job.act }}")
