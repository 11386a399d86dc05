'use strict';
// The SAP Cloud SDK, unmodified: resolves the destination by its name and calls the target in one go.
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');

(async () => {
  const { status, data } = await executeHttpRequest(
    { destinationName: process.env.DESTINATION_NAME },
    { method: 'get', url: '/endpoint', headers: { Accept: 'application/json' } },
  );
  console.log(JSON.stringify({ status, body: data }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
