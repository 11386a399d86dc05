'use strict';
// The certificate that the Destination Service fetches the destination's tokens with: a certificate route wants it, too.
const { Agent } = require('node:https');

/** Asks the Destination Service for the destination that the test names. */
async function find(credentials, serviceToken, query = '') {
  const name = process.env.DESTINATION_NAME;
  const found = await fetch(`${credentials.uri}/destination-configuration/v1/destinations/${name}${query}`, {
    headers: { Authorization: `Bearer ${serviceToken}` },
  });
  return found.json();
}

/** @returns an agent that shows the destination's keystore: one PEM file with key and chain. */
async function createAgent(credentials, serviceToken) {
  const { certificates = [] } = await find(credentials, serviceToken, '?$skipTokenRetrieval=true');
  const [keystore] = certificates;
  if (keystore === undefined) throw new Error('The destination came without its keystore.');
  const pem = Buffer.from(keystore.Content, 'base64');
  return new Agent({ cert: pem, key: pem });
}

module.exports = { find, createAgent };
