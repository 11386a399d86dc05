// Prints, for docs/requests.http, the variables that service keys hold: as a .env file, with ids and secrets encoded for a form.
//   node scripts/rest-client-variables.mjs XSUAA-KEY-X509 XSUAA-KEY-SECRET DESTINATION-KEY > docs/.env
import { readFileSync } from 'node:fs';

const [certificateKey, secretKey, destinationKey] = process.argv.slice(2).map(readKey);
if (destinationKey === undefined) {
  console.error(
    'Usage: node scripts/rest-client-variables.mjs XSUAA-KEY-WITH-CERTIFICATE XSUAA-KEY-WITH-SECRET DESTINATION-KEY-WITH-SECRET, each a file that cf service-key printed.',
  );
  process.exit(2);
}

const variables = {
  XSUAA: member(certificateKey, 'url'),
  XSUAA_CERT: member(certificateKey, 'certurl'),
  CLIENT_ID: encodeURIComponent(member(certificateKey, 'clientid')),
  SECRET_CLIENT_ID: encodeURIComponent(member(secretKey, 'clientid')),
  SECRET: encodeURIComponent(member(secretKey, 'clientsecret')),
  DESTINATION: member(destinationKey, 'uri'),
  DESTINATION_CLIENT_ID: encodeURIComponent(member(destinationKey, 'clientid')),
  DESTINATION_SECRET: encodeURIComponent(member(destinationKey, 'clientsecret')),
};
for (const [name, value] of Object.entries(variables)) console.log(`${name}=${value}`);

function readKey(file) {
  const text = readFileSync(file, 'utf8');
  const key = JSON.parse(text.slice(text.indexOf('{')));
  return { file, credentials: key.credentials ?? key };
}

function member({ file, credentials }, name) {
  if (typeof credentials[name] === 'string') return credentials[name];
  console.error(`${file} has no "${name}": it is a key of another kind than the one that is wanted at this place.`);
  process.exit(1);
}
