'use strict';
// The SAP Cloud SDK, unmodified, with a destination that has its keystore inline: shows the keystore's certificate to the target.
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');

const { TARGET, KEYSTORE, KEYSTORE_PASSWORD } = process.env;
const name = basename(KEYSTORE);

executeHttpRequest(
  {
    name: 'target',
    url: TARGET,
    authentication: 'ClientCertificateAuthentication',
    keyStoreName: name,
    keyStorePassword: KEYSTORE_PASSWORD,
    certificates: [{ name, type: 'CERTIFICATE', content: readFileSync(KEYSTORE).toString('base64') }],
  },
  { method: 'get', url: '/' },
).then(
  ({ data }) => console.log(JSON.stringify(data)),
  (error) => {
    console.error(error.cause ?? error);
    process.exitCode = 1;
  },
);
