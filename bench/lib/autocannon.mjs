// The load generator where wrk is not installed: same input and same result line as wrk.lua.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, file, connections, seconds] = process.argv.slice(2);
const requests = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => ({ headers: Object.fromEntries(line.split('\t').map((pair) => pair.split(/: (.*)/s, 2))) }));
const result = await autocannon({
  url,
  requests,
  connections: Number(connections),
  duration: Number(seconds),
  timeout: 20,
});
const { latency, errors, timeouts, non2xx, duration } = result;
const values = {
  requests: result.requests.total,
  seconds: duration,
  errors: errors + timeouts + non2xx,
  p50: latency.p50,
  p99: latency.p99,
  max: latency.max,
};
console.log(`RESULT ${JSON.stringify(values)}`);
