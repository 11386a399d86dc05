'use strict';
// What every client does once it has its token for the Destination Service: find the destination, call its target with the
// token and with the certificate that the token is bound to.
const https = require('node:https');
const { once } = require('node:events');
const { json } = require('node:stream/consumers');
const { find, createAgent } = require('./keystore');

/** @returns what the test asserts on: the find's owner, and the backend's status and answer. */
module.exports = async function findAndCall(credentials, serviceToken) {
  const destination = await find(credentials, serviceToken);
  const [token] = destination.authTokens ?? [];
  if (token?.value === undefined || token.value === '') throw new Error(`find: ${JSON.stringify(destination)}`);
  const req = https.get(`${destination.destinationConfiguration.URL}/endpoint`, {
    agent: await createAgent(credentials, serviceToken),
    headers: { Authorization: `Bearer ${token.value}`, Accept: 'application/json' },
  });
  const [answer] = await once(req, 'response');
  return { owner: destination.owner, status: answer.statusCode, body: await json(answer) };
};
