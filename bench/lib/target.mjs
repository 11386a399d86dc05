// What a frontend calls in the place of the backend: TLS with a client certificate, a fixed answer, as late as it is told.
// Started as a process of its own; its parent asks for the counts and sets the latency over the IPC channel.
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';

const [keyFile, certificateFile, answerFile] = process.argv.slice(2);
const body = readFileSync(answerFile);
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
let latencyMs = 0;
let counts = { requests: 0, handshakes: 0, resumed: 0, withCertificate: 0 };

const server = createServer(
  {
    key: readFileSync(keyFile),
    cert: readFileSync(certificateFile),
    requestCert: true,
    // Like a certificate route: it asks for a certificate and leaves the verdict to the app behind.
    rejectUnauthorized: false,
    keepAliveTimeout: 90_000,
  },
  (_req, res) => {
    counts.requests += 1;
    if (latencyMs === 0) answer(res);
    else setTimeout(answer, latencyMs, res);
  },
);
server.on('secureConnection', (socket) => {
  counts.handshakes += 1;
  if (socket.isSessionReused()) counts.resumed += 1;
  if (socket.getPeerCertificate().subject !== undefined) counts.withCertificate += 1;
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

function answer(res) {
  res.writeHead(200, headers);
  res.end(body);
}

process.on('message', (message) => {
  if (message.latencyMs !== undefined) latencyMs = message.latencyMs;
  const told = counts;
  if (message.reset) counts = { requests: 0, handshakes: 0, resumed: 0, withCertificate: 0 };
  process.send({ counts: told });
});
process.on('disconnect', () => process.exit());
