'use strict';
// The least that Node does for a request.
const { createServer } = require('node:http');

const BODY = 'Backend app successfully called.';
createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': BODY.length });
  res.end(BODY);
}).listen(process.env.PORT, process.env.HOST);
