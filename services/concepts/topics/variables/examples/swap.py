# Two names that trade their values need a third, or one line with a comma.
left = "tea"
right = "milk"

kept = left
left = right
right = kept
print(left, right)

left, right = right, left
print(left, right)
