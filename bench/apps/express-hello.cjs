'use strict';
// The least that Express does for a request, on a server made like ours: prototypes are set once.
const express = require('express-5');
const { createServer, IncomingMessage, ServerResponse } = require('node:http');

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/health', (_req, res) => res.send('up'));
app.get('/endpoint', (_req, res) => res.type('text').send('Backend app successfully called.'));

class Request extends IncomingMessage {}
class Response extends ServerResponse {}
Object.setPrototypeOf(Request.prototype, app.request);
Object.setPrototypeOf(Response.prototype, app.response);
app.request = Request.prototype;
app.response = Response.prototype;
createServer({ IncomingMessage: Request, ServerResponse: Response }, app).listen(process.env.PORT, process.env.HOST);
