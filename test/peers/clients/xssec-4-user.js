'use strict';
// @sap/xssec 4, unmodified: a resource server reads a user token, and exchanges it for one of another client's.
const { createSecurityContext, XsuaaService } = require('@sap/xssec');

const { CREDENTIALS, DESTINATION_CREDENTIALS, USER_TOKEN: jwt } = process.env;
const service = new XsuaaService(JSON.parse(CREDENTIALS));
const destination = new XsuaaService(JSON.parse(DESTINATION_CREDENTIALS));

(async () => {
  const context = await createSecurityContext(service, { jwt });
  const { access_token: exchanged } = await destination.fetchJwtBearerToken(jwt);
  const ofDestination = await createSecurityContext(destination, { jwt: exchanged });
  console.log(
    JSON.stringify({
      logonName: context.getLogonName(),
      email: context.getEmail(),
      givenName: context.getGivenName(),
      familyName: context.getFamilyName(),
      origin: context.getOrigin(),
      mayDisplay: context.checkLocalScope('Display'),
      mayAdminister: context.checkLocalScope('Admin'),
      exchanged: {
        token: exchanged,
        logonName: ofDestination.getLogonName(),
        clientId: ofDestination.getClientId(),
      },
    }),
  );
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
