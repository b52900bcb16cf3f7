-- Load for wrk: students answer the exercises that they were given; each answer is another one, so that each is run.
-- Arguments after `--`: the folder that bench/run has filled: a token and a problem a line, and a program a line.

local lines = dofile("bench/load/lines.lua")
local number = 0
local problems, programs = {}, {}

function init(arguments)
    for _, line in ipairs(lines(arguments[1] .. "/problems.txt")) do
        local token, problem = line:match("(%S+) (%S+)")
        problems[#problems + 1] = { token = token, problem = problem }
    end
    programs = lines(arguments[1] .. "/answers.txt")
end

function request()
    number = number + 1
    local given = problems[number % #problems + 1]
    local headers = { ["Authorization"] = "Bearer " .. given.token, ["Content-Type"] = "application/json" }
    -- The programs are written as JSON already; a comment makes each answer a new one.
    local body = string.format('{"problem_id":"%s","answer":"# %d\\n%s"}', given.problem, number, programs[number % #programs + 1])
    return wrk.format("POST", "/api/v1/exercise/verify", headers, body)
end

dofile("bench/load/result.lua")
