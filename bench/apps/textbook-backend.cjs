'use strict';
// A backend as a tutorial would write it: Express 4, passport 0.4, the strategy of @sap/xssec 3, nothing configured.
const express = require('express-4');
const passport = require('passport-0.4');
const xsenv = require('@sap/xsenv');
const { JWTStrategy } = require('@sap/xssec-3');

const { uaa } = xsenv.getServices({ uaa: { tag: 'xsuaa' } });
passport.use('JWT', new JWTStrategy(uaa));

const app = express();
app.use(passport.initialize());
app.get('/health', (_req, res) => res.send('up'));
app.get('/endpoint', passport.authenticate('JWT', { session: false }), (_req, res) => {
  res.send('Backend app successfully called.');
});
app.listen(process.env.PORT, process.env.HOST);
