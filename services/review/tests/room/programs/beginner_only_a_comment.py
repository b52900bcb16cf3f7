# I will start tomorrow.
