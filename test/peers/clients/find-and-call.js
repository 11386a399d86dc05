'use strict';
// What every client does once it has its token for the Destination Service: find the destination, call its target.

/** @returns what the test asserts on: the find's owner, and the backend's status and answer. */
module.exports = async function findAndCall(credentials, serviceToken) {
  const name = process.env.DESTINATION_NAME;
  const found = await fetch(`${credentials.uri}/destination-configuration/v1/destinations/${name}`, {
    headers: { Authorization: `Bearer ${serviceToken}` },
  });
  const destination = await found.json();
  const [token] = destination.authTokens ?? [];
  if (token?.value === undefined || token.value === '') throw new Error(`find: ${JSON.stringify(destination)}`);
  const answer = await fetch(`${destination.destinationConfiguration.URL}/endpoint`, {
    headers: { Authorization: `Bearer ${token.value}`, Accept: 'application/json' },
  });
  return { owner: destination.owner, status: answer.status, body: await answer.json() };
};
