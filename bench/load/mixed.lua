-- Load for wrk: what a day of teaching looks like to the process: scores, programs, reviews, explanations, reads.
-- Arguments after `--`: the folder that bench/run has filled, and a word that makes this run's keys unique.

local lines = dofile("bench/load/lines.lua")
local number = 0
local bodies, tokens, teacher, run = {}, {}, nil, nil

local function json(token, path, body)
    return wrk.format("POST", path, { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }, body)
end

function init(arguments)
    bodies = lines(arguments[1] .. "/programs.jsonl")
    tokens = lines(arguments[1] .. "/student.tokens")
    teacher = lines(arguments[1] .. "/teacher.token")[1]
    run = arguments[2]
    math.randomseed(11)
end

function request()
    number = number + 1
    local student = math.random(0, #tokens - 1)
    local token = tokens[student + 1]
    local body = bodies[math.random(1, #bodies)]
    local kind = number % 10
    if kind < 3 then
        return json(token, "/api/v1/debug/analyze", body)
    elseif kind < 5 then
        return json(teacher, "/api/v1/progress/student-" .. student, string.format(
            '{"component":"variables","scores":{"completion":%.2f,"quiz":0.5,"quality":0.5,"consistency":0.5},"idempotency_key":"%s-%d"}',
            math.random(), run, number))
    elseif kind < 7 then
        return json(token, "/api/v1/review/quality", body)
    elseif kind < 8 then
        return json(token, "/api/v1/concepts/explain", '{"concept":"variables","depth":"standard"}')
    end
    local path = kind < 9 and "" or "/explain?component=variables"
    return wrk.format("GET", "/api/v1/progress/student-" .. student .. path, { ["Authorization"] = "Bearer " .. token })
end

dofile("bench/load/result.lua")
