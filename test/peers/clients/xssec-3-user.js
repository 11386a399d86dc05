'use strict';
// @sap/xssec 3.6, unmodified, as in the tutorials that people have in their projects: a resource server reads a user token,
// and exchanges it for one of another client's.
const { promisify } = require('node:util');
const { createSecurityContext, requests } = require('@sap/xssec-3');

const { CREDENTIALS, DESTINATION_CREDENTIALS, USER_TOKEN: token } = process.env;

(async () => {
  const context = await promisify(createSecurityContext)(token, JSON.parse(CREDENTIALS));
  const exchanged = await promisify(requests.requestUserToken)(
    token,
    JSON.parse(DESTINATION_CREDENTIALS),
    null,
    null,
    null,
    null,
  );
  console.log(
    JSON.stringify({
      logonName: context.getLogonName(),
      mayDisplay: context.checkLocalScope('Display'),
      country: context.getAttribute('Country'),
      exchanged: exchanged !== undefined,
    }),
  );
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
