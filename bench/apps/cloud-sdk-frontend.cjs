'use strict';
// The same frontend on the SAP Cloud SDK, with its caches as they are by default.
const express = require('express-5');
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');

const app = express();
app.get('/health', (_req, res) => res.send('up'));
app.get('/app', async (_req, res) => {
  const { data } = await executeHttpRequest(
    { destinationName: 'destination_to_mtlsapp', useCache: true },
    { method: 'get', url: '/endpoint' },
  );
  res.json(data);
});
app.listen(process.env.PORT, process.env.HOST);
