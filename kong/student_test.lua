-- Runs kong/student.lua against what it uses of Kong and nginx, stood in for here: `luajit kong/student_test.lua kong/student.lua`.
-- scripts/check-kong runs it. Not here: Kong's own order of plugins, and its sandbox.
local json = require("cjson.safe")
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- As nginx does it: nil where it is no base64.
local function decode_base64(text)
  if #text % 4 ~= 0 or not text:match("^[%w+/]*=?=?$") then return nil end
  local bits = text:gsub("=", ""):gsub(".", function(char)
    local value, out = ALPHABET:find(char, 1, true) - 1, ""
    for place = 5, 0, -1 do out = out .. math.floor(value / 2 ^ place) % 2 end
    return out
  end)
  return (bits:sub(1, #bits - #bits % 8):gsub("%d%d%d%d%d%d%d%d", function(byte) return string.char(tonumber(byte, 2)) end))
end

local function encode_base64url(text)
  local bits = text:gsub(".", function(char)
    local out = ""
    for place = 7, 0, -1 do out = out .. math.floor(char:byte() / 2 ^ place) % 2 end
    return out
  end)
  bits = bits .. ("0"):rep(-#bits % 6)
  return (bits:gsub("%d%d%d%d%d%d", function(six)
    local place = tonumber(six, 2) + 1
    return ALPHABET:sub(place, place)
  end):gsub("+", "-"):gsub("/", "_"))
end

local function token(claims) return "h-_." .. encode_base64url(claims) .. ".s-_" end

-- What the limiter counts by, for a request with these headers.
local code = assert(loadfile(arg[1]))
local function student(headers, random)
  local place = {
    require = function(name) assert(name == "cjson.safe", name) return json end,
    ngx = { decode_base64 = decode_base64 },
    kong = {
      request = { get_header = function(name) return headers[name:lower()] end },
      service = { request = {
        clear_header = function(name) headers[name:lower()] = nil end,
        set_header = function(name, value) headers[name:lower()] = value end,
      } },
    },
    math = { random = random or math.random },
    type = type,
  }
  setfenv(code, place)
  code()
  return headers["x-student-id"]
end

local function case(what, wanted, headers)
  local got = student(headers)
  if got ~= wanted then
    io.stderr:write(("%s: %s, not %s\n"):format(what, tostring(got), tostring(wanted)))
    os.exit(1)
  end
end

local ada = "Bearer " .. token('{"iss":"agent-bus-dev","sub":"ada"}')
case("a token's subject", "ada", { authorization = ada })
case("the client's own header beside a token", "ada", { authorization = ada, ["x-student-id"] = "grace" })
case("the client's own header alone", nil, { ["x-student-id"] = "grace" })
case("no token", nil, {})
case("what is no token", nil, { authorization = "Bearer x" })
case("a payload that is no base64", nil, { authorization = "Bearer a.b.c" })
case("a payload that is no JSON", nil, { authorization = "Bearer " .. token("sub: ada") })
case("a payload that is no object", nil, { authorization = "Bearer " .. token('"ada"') })
case("an actor's subject beside one's own", "ada", { authorization = "Bearer " .. token('{"act":{"sub":"grace"},"sub":"ada"}') })
case("an actor's subject alone", nil, { authorization = "Bearer " .. token('{"act":{"sub":"grace"}}') })
case("a subject that is none", nil, { authorization = "Bearer " .. token('{"sub":{"a":1}}'), ["x-student-id"] = "grace" })
case("a subject that would break a header", nil, { authorization = "Bearer " .. token('{"sub":"ada\\r\\nX-Role: teacher"}') })
case("a subject that is too long", nil, { authorization = "Bearer " .. token('{"sub":"' .. ("a"):rep(65) .. '"}') })
for length = 1, 9 do
  local name = ("a"):rep(length)
  case("every length of a payload", name, { authorization = "bearer " .. token('{"sub":"' .. name .. '"}') })
end

-- What stands beside the token: Kong's own look at the header ends with the first token.
local forged = token('{"sub":"grace","role":"teacher"}')
case("a forged token behind a good one", nil, { authorization = ada .. " Bearer " .. forged })
case("a forged token behind a good one's padding", nil, { authorization = ada .. "= Bearer " .. forged })
case("a forged token before a good one", nil, { authorization = "Bearer " .. forged .. " " .. ada })
case("a good token under another word", nil, { authorization = "Basic " .. ada })
case("a token with room around it", "ada", { authorization = " " .. ada .. " " })

-- Students count under their own name, and so does whoever has a role that nobody has.
local function bearer(claims) return { authorization = "Bearer " .. token(claims) } end
for _, role in ipairs({ '"student"', '"headmaster"', '"Teacher"', '""', "null", "true", "1", '["teacher"]', '{"teacher":true}' }) do
  case("the role " .. role, "ada", bearer('{"sub":"ada","role":' .. role .. "}"))
end
case("a role that is another claim's", "ada", bearer('{"sub":"ada","act":{"role":"teacher"}}'))
case("a role without a subject", nil, bearer('{"role":"teacher"}'))
case("a subject that looks spread", nil, bearer('{"sub":"tom~1","role":"student"}'))
case("a subject that looks spread, of a teacher", nil, bearer('{"sub":"tom~1","role":"teacher"}'))

-- The others have fourteen names each, all of them used, none of them anybody else's.
for _, role in ipairs({ "teacher", "operator", "service" }) do
  local seen, names = {}, 0
  for _ = 1, 2000 do
    local name = student(bearer('{"sub":"tom","role":"' .. role .. '"}'))
    if not seen[name] then seen[name], names = true, names + 1 end
  end
  for number = 1, 14 do assert(seen["tom~" .. number], role .. " never counts as tom~" .. number) end
  assert(names == 14, role .. " has " .. names .. " names")
end
local drawn = student(bearer('{"sub":"tom","role":"teacher"}'), function(last) assert(last == 14, last) return 7 end)
assert(drawn == "tom~7", drawn)
