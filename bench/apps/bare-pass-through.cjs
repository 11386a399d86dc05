'use strict';
// What a frontend cannot do without: one call of the upstream on a kept TLS connection with the certificate, its answer passed on.
const { createServer } = require('node:http');
const { Agent, request } = require('node:https');

const { TARGET, TOKEN, CERTIFICATE, KEY } = process.env;
const target = new URL('/endpoint', TARGET);
const options = {
  hostname: target.hostname,
  port: target.port,
  path: target.pathname,
  headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/json' },
  agent: new Agent({ keepAlive: true, maxSockets: 64, cert: CERTIFICATE, key: KEY }),
};

createServer((req, res) => {
  if (req.url === '/health') return res.end('up');
  request(options, (answer) => {
    res.writeHead(answer.statusCode, { 'content-type': answer.headers['content-type'] });
    answer.pipe(res);
  })
    .on('error', () => res.writeHead(502).end())
    .end();
}).listen(process.env.PORT, process.env.HOST);
