-- The lines of a file, for the load scripts. wrk is started in the root of the workspace.

return function(path)
    local found = {}
    for line in io.lines(path) do
        found[#found + 1] = line
    end
    return found
end
