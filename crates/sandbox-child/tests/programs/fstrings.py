name, value, width = "Zoë", 3.14159, 12
print(f"{name!r} {value:.2f} {value:{width}.3f}| {name:>6}|{name:<6}|{name:^7}|{1234567:,} {255:#x} {255:08b} {0.256:.1%}")
print(f"{value=:.1f} {name=} {{literal}} {'nested ' + f'{1 + 1}'} {[1, 2][0]}")
print("%s is %d years, %.1f m, %5s|%-5s|%05d" % ("Ann", 30, 1.75, "r", "l", 42))
print("{0} {1} {0} {key} {2[1]} {3.real}".format("a", "b", [1, 2], 5, key="k"))
print("{:>8} {:+d} {:e} {:g}".format("right", 5, 12345.678, 0.0001))
print(f"{'a':*^9} {True} {None} {1e100} {1 / 3} {10 ** 20}")
