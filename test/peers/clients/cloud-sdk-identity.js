'use strict';
// The SAP Cloud SDK, unmodified: makes a destination of the binding, with a token and the certificate, and calls its target.
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');
const { getDestinationFromServiceBinding } = require('@sap-cloud-sdk/connectivity');

(async () => {
  const destination = await getDestinationFromServiceBinding({
    destinationName: process.env.INSTANCE_NAME,
    iasOptions: { targetUrl: process.env.BACKEND_URL },
  });
  const { status, data } = await executeHttpRequest(destination, {
    method: 'get',
    url: '/endpoint',
    headers: { Accept: 'application/json' },
  });
  console.log(JSON.stringify({ status, body: data }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
