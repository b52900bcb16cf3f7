{{ job.measure }} = int(input())
message = "{{ job.wait }}"
if {{ job.measure }} {{ job.sign }} {{ limit }}:
    message = "{{ job.act }}"
print(message)
