'use strict';
// A resource server on @sap/xssec 3.6, unmodified, as in the tutorials that people have in their projects: is a token that
// was fetched from IAS over mutual TLS valid for it?
const https = require('node:https');
const { createSecurityContext } = require('@sap/xssec-3');

const credentials = JSON.parse(process.env.IDENTITY_CREDENTIALS);

function fetchToken({ url, clientid, certificate: cert, key }) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', response_type: 'token', client_id: clientid });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const request = https.request(`${url}/oauth2/token`, { method: 'POST', cert, key, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text).access_token));
    });
    request.on('error', reject);
    request.end(body.toString());
  });
}

/** The third argument of the callback is what passport's strategy puts on the request. */
function validate(token) {
  return new Promise((resolve, reject) => {
    createSecurityContext(token, credentials, 'IAS', (error, _context, tokenInfo) =>
      error ? reject(error) : resolve(tokenInfo),
    );
  });
}

(async () => {
  const tokenInfo = await validate(await fetchToken(credentials));
  console.log(JSON.stringify({ clientId: tokenInfo.getClientId(), tenant: tokenInfo.getZoneId() }));
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
