-- Coroutines, closures, metatables, errors, collection.
local function numbers(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end)
end
local sum = 0
for i, square in numbers(1000) do sum = sum + square end
print(sum)

local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(a + b + c)
  error({ code = d + e })
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, 3))
local ok, err = coroutine.resume(co, 4, 5)
print(ok, err.code, coroutine.status(co), coroutine.resume(co))
print(coroutine.isyieldable(), select(2, coroutine.running()))

-- Across pcall, metamethods, iterators, sort's comparison.
print(coroutine.wrap(function()
  return pcall(function() coroutine.yield("inside pcall") error("late", 0) end)
end)())
local m = setmetatable({}, { __add = function(a, b) return coroutine.yield(b) end,
  __index = function(_, k) return k .. "!" end, __call = function(self, x) return x * 2 end,
  __lt = function() return true end, __concat = function() return "cat" end, __len = function() return 99 end })
local w = coroutine.wrap(function() return m + 5 end)
print(w(), w("sum"), m.key, m(21), m < m, m .. 1, #m)
print(coroutine.close(coroutine.create(print)))
do
  local c = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() print("closed") end }) coroutine.yield() end)
  coroutine.resume(c) print(coroutine.close(c))
end
print(select("#", xpcall(function() error() end, function(e) return debug.traceback("trace", 1) end)))
print(pcall(string.rep, "x", -1), pcall(error, { 1 }) == false)
local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end
print(deep(10000), pcall(function() local function f() return 1 + f() end return f() end) == false)

-- Collection with finalizers and weak tables.
local finalized = 0
for i = 1, 1000 do setmetatable({}, { __gc = function() finalized = finalized + 1 end }) end
collectgarbage() collectgarbage()
print(finalized, next(setmetatable({ [{}] = 1 }, { __mode = "k" })) ~= nil)
collectgarbage("generational")
local big = {}
for i = 1, 200000 do big[i] = { i } end
big = nil
collectgarbage("incremental") collectgarbage()
assert(collectgarbage("count") < 20000)
debug.sethook(function() end, "crl", 100)
for i = 1, 1000 do math.floor(i) end
debug.sethook()
local info = debug.getinfo(1, "Sl")
print(info.what, info.currentline, (debug.getlocal(1, 1)))
goto done
print("skipped")
::done::
