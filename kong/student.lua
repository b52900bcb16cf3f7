-- Tells the limiter whose request this is. Kong's limiter can count by a header: this sets X-Student-Id to the token's subject,
-- and never lets the client's own through. Without a subject the header is absent, and the limiter counts by address.
--
-- Nobody has checked the token when this runs: Kong goes from the highest priority down, pre-function (1000000), jwt (1450),
-- rate-limiting (910), and whom jwt refuses the limiter does not count. So on a route with the jwt plugin nothing forged counts,
-- neither a subject nor a role. On a route without it everything forged would: ours are /health alone, and there a limiter by
-- address stands in the place of the one by subject. scripts/check-kong holds every Ingress of ours to that; whoever adds a route
-- to the same Kong gives it one of the two plugins.
--
-- The header must be one token and nothing else. Kong's jwt plugin takes the first token of a header and is lax about what stands
-- behind it, so that a forged token behind a good one would count here.
--
-- The limiter has one number, a student's. The other roles may ask ten times as much: each of their requests goes at random to one
-- of fourteen names, `tom~1` to `tom~14`. `~` is in no subject, so that nobody else counts there. This is coarse: of minutes with
-- 1,000 requests one in some 240 has a name's 101st, and 1,400 is the most that pass; the agents hold the exact 1,000. A student
-- cannot take that way: another role in her token breaks its signature. A role that does not exist counts as a student's.
--
-- It uses what Kong's strict sandbox has, and no string.rep, which sandboxes leave out.
-- Needs KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES=cjson.safe. Not here: whether the token is good (the jwt plugin, and the agents).
-- The same text is in kong.yaml and in k8s/base/kong/plugins.yaml; scripts/check-kong compares, and runs it.
local json = require("cjson.safe")
kong.service.request.clear_header("X-Student-Id")
local header = kong.request.get_header("Authorization") or ""
local payload = header:match("^%s*[Bb]earer%s+[%w_-]+%.([%w_-]+)%.[%w_-]*%s*$")
local decoded = payload and ngx.decode_base64((payload:gsub("-", "+"):gsub("_", "/")) .. ("==="):sub(1, -#payload % 4))
local claims = decoded and json.decode(decoded)
local subject = type(claims) == "table" and claims.sub
if type(subject) == "string" and #subject <= 64 and subject:match("^[%w][%w._-]*$") then
  local spread = { teacher = true, operator = true, service = true }
  if spread[claims.role] then subject = subject .. "~" .. math.random(14) end
  kong.service.request.set_header("X-Student-Id", subject)
end
