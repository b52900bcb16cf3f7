-- Tells the limiter whose request this is. Kong's limiter can count by a header: this sets X-Student-Id to the token's subject,
-- and never lets the client's own through. It runs before the token is checked (pre-function 1000000, jwt 1450, rate-limiting
-- 910): a forged subject is refused before it counts. Without a subject the header is absent, and the limiter counts by address.
--
-- It uses what Kong's strict sandbox has, and no string.rep, which sandboxes leave out.
-- Needs KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES=cjson.safe. Not here: whether the token is good (the jwt plugin, and the agents).
-- The same text is in kong.yaml and in k8s/base/kong/plugins.yaml; scripts/check-kong compares, and runs it.
local json = require("cjson.safe")
kong.service.request.clear_header("X-Student-Id")
local header = kong.request.get_header("Authorization") or ""
local payload = header:match("[Bb]earer%s+[%w_-]+%.([%w_-]+)%.[%w_-]*%s*$")
local decoded = payload and ngx.decode_base64((payload:gsub("-", "+"):gsub("_", "/")) .. ("==="):sub(1, -#payload % 4))
local claims = decoded and json.decode(decoded)
local subject = type(claims) == "table" and claims.sub
if type(subject) == "string" and #subject <= 64 and subject:match("^[%w][%w._-]*$") then
  kong.service.request.set_header("X-Student-Id", subject)
end
