-- For wrk: asks for the recommendations of random users, and puts every 50th time an item in its place. PREFIX, USERS and FEATURES come from the environment.
local prefix, users = os.getenv("PREFIX") or "user-", tonumber(os.getenv("USERS") or "1500")
local bodies = os.getenv("FEATURES") or "image=64,text=48"
local asked, failed = 0, 0

local function body()
  local modalities = {}
  for name, count in bodies:gmatch("(%w+)=(%d+)") do
    local numbers = {}
    for n = 1, tonumber(count) do numbers[n] = string.format("%.4f", math.random() - 0.5) end
    modalities[#modalities + 1] = string.format('"%s":[%s]', name, table.concat(numbers, ","))
  end
  return '{"features":{' .. table.concat(modalities, ",") .. "}}"
end

function request()
  asked = asked + 1
  if asked % 50 == 0 then
    return wrk.format("PUT", "/items/new-" .. math.random(0, 99), { ["Content-Type"] = "application/json" }, body())
  end
  return wrk.format("GET", "/users/" .. prefix .. math.random(0, users - 1) .. "/recommendations?count=20")
end

function done(summary, latency)
  io.write(string.format("%.0f requests/s, p50 %.2f ms, p99 %.2f ms, %d answers that weren't 2xx, %d socket errors\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
