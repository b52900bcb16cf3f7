-- KEYS[1]  the student
-- ARGV[1]  the etag of what may be replaced; empty: nothing
-- ARGV[2]  the new copy; empty: none
-- ARGV[3]  how many seconds to keep it
-- Answer: 1 if it was written, 0 if something else is there.
local held = redis.call('GET', KEYS[1])
local etag = held and redis.sha1hex(held) or ''
if etag ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return 1
