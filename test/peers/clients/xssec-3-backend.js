'use strict';
// A resource server on @sap/xssec 3.6, unmodified: is a token of the landscape valid for it?
const { promisify } = require('node:util');
const { createSecurityContext } = require('@sap/xssec-3');

const credentials = JSON.parse(process.env.XSUAA_CREDENTIALS);

promisify(createSecurityContext)(process.env.TOKEN, credentials)
  .then((context) =>
    console.log(JSON.stringify({ clientId: context.getClientId(), subaccount: context.getSubaccountId() })),
  )
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
