ages = {"Ann": 31, "Bob" 28}
