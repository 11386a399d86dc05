'use strict';
// @sap/xssec 3.6, unmodified: the calls of the tutorials that people have in their projects.
const { promisify } = require('node:util');
const { requests } = require('@sap/xssec-3');
const findAndCall = require('./find-and-call');

const credentials = JSON.parse(process.env.DESTINATION_CREDENTIALS);
const requestToken = promisify(requests.requestClientCredentialsToken);

(async () => {
  const token = await requestToken(null, credentials, null, null);
  console.log(JSON.stringify(await findAndCall(credentials, token)));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
