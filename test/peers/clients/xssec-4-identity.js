'use strict';
// @sap/xssec 4, unmodified: fetches a bound token over mutual TLS and then, as a resource server with its own x5t validation
// switched on, accepts it with the certificate, and refuses it without one and with another one.
const https = require('node:https');
const { createSecurityContext, IdentityService } = require('@sap/xssec');

const credentials = JSON.parse(process.env.IDENTITY_CREDENTIALS);
const service = new IdentityService(credentials, { validation: { x5t: { enabled: true } } });

async function validate(jwt, clientCertificatePem) {
  try {
    const { token } = await createSecurityContext(service, { jwt, clientCertificatePem });
    return token.payload.cnf['x5t#S256'];
  } catch (error) {
    return error.name;
  }
}

function callBackend(token) {
  const { certificate: cert, key } = credentials;
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const request = https.get(`${process.env.BACKEND_URL}/endpoint`, { cert, key, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    request.on('error', reject);
  });
}

(async () => {
  const { access_token: token } = await service.fetchClientCredentialsToken();
  const validations = {
    withCertificate: await validate(token, credentials.certificate),
    withoutCertificate: await validate(token),
    withAnotherCertificate: await validate(token, process.env.ANOTHER_CERTIFICATE),
  };
  console.log(JSON.stringify({ ...(await callBackend(token)), validations }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
