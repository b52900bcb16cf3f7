-- One request of a principal, as GCRA counts it: `due` is when the requests so far would have come at an even pace. One that
-- comes earlier than that by more than the tolerance is too many.
--
-- KEYS[1]           the principal
-- ARGV[1]           nanoseconds between two requests at an even pace
-- ARGV[2]           the tolerance in nanoseconds
-- ARGV[3], ARGV[4]  the time since 1970, seconds and nanoseconds; without them the server's own
-- Answer: 0 for a request that was counted, else the nanoseconds until one would be.
--
-- Nanoseconds since 1970 do not fit into Lua's numbers. Those since the present second do, exactly.
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local second, now
if ARGV[3] then
  second, now = tonumber(ARGV[3]), tonumber(ARGV[4])
else
  local time = redis.call('TIME')
  second, now = tonumber(time[1]), tonumber(time[2]) * 1000
end

local due = now
local held = redis.call('GET', KEYS[1])
if held then
  local due_second, due_rest = string.match(held, '^(%d+) (%d+)$')
  if due_second then
    due = (tonumber(due_second) - second) * 1000000000 + tonumber(due_rest)
  end
end
-- Nobody is further ahead than a minute's worth: if it looks so, the clock was set back.
due = math.min(due, now + tolerance + interval)

local earliest = due - tolerance
if now < earliest then
  return earliest - now
end
due = math.max(due, now) + interval
local due_second = math.floor(due / 1000000000)
-- What is due lies within a minute, and is of no more interest then.
redis.call('SET', KEYS[1], string.format('%.0f %.0f', second + due_second, due - due_second * 1000000000), 'EX', 120)
return 0
