-- Load for wrk: a teacher records scores of many students, each request under an idempotency key of its own.
-- Arguments after `--`: the folder that bench/run has filled, and a word that makes this run's keys unique.

local lines = dofile("bench/load/lines.lua")
local folder, run = nil, nil
local number = 0
local students = 200
local components = { "variables", "data-types", "input-output", "operators", "type-conversion" }

function init(arguments)
    folder, run = arguments[1], arguments[2]
    math.randomseed(7)
    headers = {
        ["Authorization"] = "Bearer " .. lines(folder .. "/teacher.token")[1],
        ["Content-Type"] = "application/json",
    }
end

function request()
    number = number + 1
    local student = math.random(0, students - 1)
    local body = string.format(
        '{"component":"%s","scores":{"completion":%.2f,"quiz":%.2f,"quality":%.2f,"consistency":%.2f},"idempotency_key":"%s-%d"}',
        components[number % #components + 1], math.random(), math.random(), math.random(), math.random(), run, number)
    return wrk.format("POST", "/api/v1/progress/student-" .. student, headers, body)
end

dofile("bench/load/result.lua")
