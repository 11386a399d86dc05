-- Sends the requests that stand in a file, in turn: one line of headers a request, "name: value" joined by tabs.
local requests, count, next_one = {}, 0, 0

function init(args)
  for line in io.lines(args[1]) do
    local headers = {}
    for name, value in line:gmatch("([^:\t]+): ([^\t]*)") do headers[name] = value end
    count = count + 1
    requests[count] = wrk.format("GET", nil, headers)
  end
end

function request()
  next_one = next_one % count + 1
  return requests[next_one]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"errors":%d,"p50":%f,"p99":%f,"max":%f}\n', summary.requests,
    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
