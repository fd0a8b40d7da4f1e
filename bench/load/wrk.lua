-- Sends the requests of a file in turn. A line has: host, path, token, ETag, text, separated by
-- tabs. Arguments: the file, "once" or "again", the number of threads, the method, and the body, in
-- which {text} is the line's text and {unique} differs in each request.

local thread_count = 0

function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

function init(args)
  local file, mode, threads, method, body = args[1], args[2], tonumber(args[3]), args[4], args[5]
  requests, texts, position, sent, answered = {}, {}, 0, 0, 0
  is_once, template = mode == "once", body
  local line_number = 0
  for line in io.lines(file) do
    if line_number % threads == number then
      local host, path, token, etag, text = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
      local head = method .. " " .. path .. " HTTP/1.1\r\nHost: " .. host .. "\r\n"
      if token ~= "" then head = head .. "Authorization: Bearer " .. token .. "\r\n" end
      if etag ~= "" then head = head .. "If-None-Match: " .. etag .. "\r\n" end
      if body then head = head .. "Content-Type: application/json\r\n" end
      requests[#requests + 1] = head
      texts[#texts + 1] = text
    end
    line_number = line_number + 1
  end
  if is_once then
    response = function()
      answered = answered + 1
      if answered == #requests then
        wrk.thread:stop()
        io.write("finished\n")
        io.flush()
      end
    end
  end
end

function request()
  position = position % #requests + 1
  sent = sent + 1
  local head = requests[position]
  if not template then return head .. "\r\n" end
  local body = template:gsub("{text}", texts[position]):gsub("{unique}", number .. "-" .. sent)
  return head .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
