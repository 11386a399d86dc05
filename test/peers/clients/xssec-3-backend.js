'use strict';
// A resource server on @sap/xssec 3.6, unmodified: is a token that it fetched over mutual TLS valid for it?
const { promisify } = require('node:util');
const { createSecurityContext, requests } = require('@sap/xssec-3');

const credentials = JSON.parse(process.env.XSUAA_CREDENTIALS);

(async () => {
  const token = await promisify(requests.requestClientCredentialsToken)(null, credentials, null, null);
  const context = await promisify(createSecurityContext)(token, credentials);
  console.log(JSON.stringify({ clientId: context.getClientId(), subaccount: context.getSubaccountId() }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
