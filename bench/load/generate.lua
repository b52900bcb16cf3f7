-- Load for wrk: many students ask for exercises on topics whose exercises are admitted already.
-- Arguments after `--`: the folder that bench/run has filled.

local lines = dofile("bench/load/lines.lua")
local number = 0
local bodies, tokens = {}, {}

function init(arguments)
    bodies = lines(arguments[1] .. "/generate.jsonl")
    tokens = lines(arguments[1] .. "/student.tokens")
    math.randomseed(13)
end

function request()
    number = number + 1
    local headers = {
        ["Authorization"] = "Bearer " .. tokens[math.random(1, #tokens)],
        ["Content-Type"] = "application/json",
    }
    return wrk.format("POST", "/api/v1/exercise/generate", headers, bodies[number % #bodies + 1])
end

dofile("bench/load/result.lua")
