-- KEYS[1]  the student
-- Answer: the copy and its etag, or nil.
local held = redis.call('GET', KEYS[1])
if not held then
  return nil
end
return {held, redis.sha1hex(held)}
