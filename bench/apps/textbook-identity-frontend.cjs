'use strict';
// A frontend as a tutorial would write it for IAS: for each request a token over mTLS on an agent of its own, then the call.
const axios = require('axios');
const express = require('express-4');
const { Agent } = require('node:https');
const xsenv = require('@sap/xsenv');

const { identity } = xsenv.getServices({ identity: { label: 'identity' } });

const app = express();
app.get('/health', (_req, res) => res.send('up'));
app.get('/homepage', async (_req, res, next) => {
  try {
    const token = await fetchToken();
    const headers = { Authorization: `bearer ${token}` };
    const { data } = await axios.get(`${process.env.BACKEND_URL}/endpoint`, { headers });
    res.send(`<h3>Response from backend:</h3><p>${JSON.stringify(data)}</p>`);
  } catch (error) {
    next(new Error(error.message)); // the error itself holds the private key
  }
});
app.listen(process.env.PORT, process.env.HOST);

async function fetchToken() {
  const { url, clientid, certificate, key } = identity;
  const body = new URLSearchParams({ grant_type: 'client_credentials', response_type: 'token', client_id: clientid });
  const { data } = await axios.post(`${url}/oauth2/token`, body.toString(), {
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    httpsAgent: new Agent({ cert: certificate, key }),
  });
  return data.access_token;
}
