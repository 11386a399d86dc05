'use strict';
// The SAP Cloud SDK, unmodified: resolves the destination by its name and calls the target in one go. It does not show the
// keystore of such a destination to the target by itself, so it gets an agent that does.
const { serviceToken } = require('@sap-cloud-sdk/connectivity');
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');
const { createAgent } = require('./keystore');

const credentials = JSON.parse(process.env.DESTINATION_CREDENTIALS);

(async () => {
  const httpsAgent = await createAgent(credentials, await serviceToken('destination'));
  const { status, data } = await executeHttpRequest(
    { destinationName: process.env.DESTINATION_NAME },
    { method: 'get', url: '/endpoint', headers: { Accept: 'application/json' }, httpsAgent },
  );
  console.log(JSON.stringify({ status, body: data }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
