'use strict';
// @sap/xssec 4, unmodified: gets the token for the Destination Service with the credentials of the binding.
const { XsuaaService } = require('@sap/xssec');
const findAndCall = require('./find-and-call');

const credentials = JSON.parse(process.env.DESTINATION_CREDENTIALS);

(async () => {
  const { access_token: token } = await new XsuaaService(credentials).fetchClientCredentialsToken();
  console.log(JSON.stringify(await findAndCall(credentials, token)));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
