-- Strings, patterns, packing, UTF-8, numbers, tables, sorting.
print(("hello world"):upper(), ("abc"):rep(3, "-"), ("héllo"):len(), #"\u{10FFFF}")
print(string.format("%5d|%-8s|%08.3f|%x|%q|%g|%a|%c|%i", 42, "left", 3.14159, 255, 'q"\n', 1e100, 1.0, 65, 3))
print(pcall(string.format, "%d", 3.5))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("abc abc"):gsub("%w+", "<%0>"), ("hello"):gsub("l", { l = "L" }), ("abc"):gsub("", "-"))
print(("x = 1, y = 2"):gsub("(%w+) = (%w+)", function(a, b) return b .. a end))
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do io.write(k, v, ";") end
print(("%bxy"):rep(2), ("f(a(b)c)d"):match("%b()"), ("THE END"):find("%f[%a]END"))
print(string.pack("<i4z", 100, "zero"):byte(1, -1))
print(string.unpack("<d", string.pack("<d", 2.5)), string.packsize("i4i8!8"))
print(("dump"):reverse(), string.char(76, 117, 97), ("abc"):byte(-1))
print(tostring(1e15), tostring(2^53), 10 // 3, -7 % 3, 7.0 // 0.5, 1e308 * 10, 0x7fffffffffffffff + 1)
print(tonumber("0x1p4"), tonumber("z", 36), tonumber("  12  "), tonumber("1e"), math.tointeger(3.0))
for _, c in utf8.codes("aé€😀") do io.write(c, " ") end
print(utf8.char(228, 8364), utf8.len("aé€"), utf8.len("\xff"), utf8.offset("aé€", 3))
local t = {}
for i = 1, 5000 do t[i] = (i * 7919) % 5003 end
table.sort(t)
for i = 2, #t do assert(t[i - 1] <= t[i]) end
table.sort(t, function(a, b) return a > b end)
print(t[1], t[#t], table.concat({ 1, 2, 3 }, ", "), table.unpack({ 1, 2, 3 }, 2))
print(pcall(table.sort, { 3, 1, "x" }))
print(math.sin(1), math.exp(2), math.log(8, 2), math.fmod(-7, 3), math.ult(1, -1), math.pi)
math.randomseed(42)
local r = math.random(1, 1000000)
math.randomseed(42)
print(math.random(1, 1000000) == r)
print(load("return 1 +")) print(load("return ...", "chunk", "t")(9))
print(string.dump(function() return 1 end):sub(2, 4))
print(#table.pack(("x"):rep(100000):byte(1, 200)))
