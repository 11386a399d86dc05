'use strict';
// What a resource server cannot do without: node:http and one signature check a request. It checks nothing else.
const { createPublicKey, verify } = require('node:crypto');
const { createServer } = require('node:http');

const key = createPublicKey(process.env.VERIFICATION_KEY);
const BODY = 'Backend app successfully called.';

createServer((req, res) => {
  if (req.url === '/health') return res.end('up');
  const token = req.headers.authorization.slice(7);
  const end = token.lastIndexOf('.');
  const signed = Buffer.from(token.slice(0, end));
  const valid = verify('RSA-SHA256', signed, key, Buffer.from(token.slice(end + 1), 'base64url'));
  const { exp } = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  res.writeHead(valid && exp > Date.now() / 1000 ? 200 : 401, {
    'content-type': 'text/plain',
    'content-length': BODY.length,
  });
  res.end(BODY);
}).listen(process.env.PORT, process.env.HOST);
