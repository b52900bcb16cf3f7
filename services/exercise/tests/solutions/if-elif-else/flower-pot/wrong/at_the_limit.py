# verdict: misconception=boundary-value; score<1; test=exactly at the limit
{{ job.measure }} = int(input())
if {{ job.measure }} {{ job.sign[0] if job.sign | length == 2 else job.sign ~ "=" }} {{ limit }}:
    print("{{ job.act }}")
else:
    print("{{ job.wait }}")
