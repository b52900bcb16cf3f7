# verdict: misconception=prompt-printed; score=0.7; says=Leave the brackets of `input()` empty
age = int(input("How old are you? "))
if age < {{ young }}:
    price = {{ low }}
elif age <= {{ old }}:
    price = {{ high }}
else:
    price = {{ middle }}
print(price)
