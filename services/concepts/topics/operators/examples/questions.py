# A comparison is a question; its answer is a value like any other.
age = 15
is_teenager = age >= 13 and age <= 19
print(is_teenager)
print(13 <= age <= 19)
print(age == 14 or age == 16)
