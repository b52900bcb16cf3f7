-- Load for wrk: many students send the programs of bench/programs, most of them broken.
-- Arguments after `--`: the folder that bench/run has filled.

local lines = dofile("bench/load/lines.lua")
local number = 0
local bodies, tokens = {}, {}

function init(arguments)
    bodies = lines(arguments[1] .. "/programs.jsonl")
    tokens = lines(arguments[1] .. "/student.tokens")
end

function request()
    number = number + 1
    local headers = {
        ["Authorization"] = "Bearer " .. tokens[number % #tokens + 1],
        ["Content-Type"] = "application/json",
    }
    return wrk.format("POST", "/api/v1/debug/analyze", headers, bodies[number % #bodies + 1])
end

dofile("bench/load/result.lua")
