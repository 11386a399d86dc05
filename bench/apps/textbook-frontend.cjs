'use strict';
// A frontend as a tutorial would write it: for each request a token of its own, the destination, the call; nothing is kept.
const express = require('express-4');
const fetch = require('node-fetch-2');
const xsenv = require('@sap/xsenv');
const { requests, TokenInfo } = require('@sap/xssec-3');

const { destination } = xsenv.getServices({ destination: { tag: 'destination' } });

const app = express();
app.get('/health', (_req, res) => res.send('up'));
app.get('/app', async (_req, res, next) => {
  try {
    const { destinationConfiguration, authTokens } = await findDestination(await fetchOwnToken());
    const token = authTokens[0].value;
    const answer = await getText(`${destinationConfiguration.URL}/endpoint`, token);
    res.send(`Backend: ${answer} Token: ${JSON.stringify(new TokenInfo(token).getPayload())}`);
  } catch (error) {
    next(error);
  }
});
app.listen(process.env.PORT, process.env.HOST);

function fetchOwnToken() {
  return new Promise((resolve, reject) => {
    requests.requestClientCredentialsToken(null, destination, null, null, (error, token) =>
      error ? reject(error) : resolve(token),
    );
  });
}

async function findDestination(token) {
  const path = '/destination-configuration/v1/destinations/destination_to_mtlsapp';
  return JSON.parse(await getText(destination.uri + path, token));
}

async function getText(url, token) {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  return response.text();
}
