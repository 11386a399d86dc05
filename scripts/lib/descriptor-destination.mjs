// The destination file against what the other descriptors deploy.
import { resolveVariables } from './descriptor-manifest.mjs';

export function checkDestination({ destination, fileName, apps, vars, xsSecurity, mta }, problems) {
  const { file, value, lineOf } = destination;
  const report = (name, message) =>
    problems.push({ file, line: lineOf([name]), message: `${name} is ${value[name]}${message}` });
  if (value.Name !== fileName)
    report('Name', `, but the file is called ${fileName}. Make them equal: the frontend asks for this name.`);

  const urls = certificateRoutes(apps).map((route) => `https://${resolveVariables(route, vars)}`);
  if (!urls.includes(value.URL))
    report(
      'URL',
      `, but with ${vars.file} the manifests give the certificate routes ${urls.join(', ')}. Change it or ${vars.file}: the token is bound to a certificate, which no other route passes on.`,
    );

  const host = new URL(value.tokenServiceURL).hostname;
  const wanted = `.authentication.cert.${landscapeOf(vars.value.domain)}`;
  if (!host.endsWith(wanted))
    report('tokenServiceURL', `, but ${vars.file} is for another region: its host must end in ${wanted}.`);

  const client = `sb-${xsSecurity.value.xsappname}!t`;
  if (!value.clientId.startsWith(client))
    report(
      'clientId',
      `, but ${xsSecurity.file}:${xsSecurity.lineOf(['xsappname'])} makes client ids that begin with ${client}.`,
    );

  const keystores = instancesOf(mta, 'xsuaa').map((name) => `${name}_client_certificate.pem`);
  const keystore = 'tokenService.KeyStoreLocation';
  if (!keystores.includes(value[keystore]))
    report(keystore, `, but mtls cert extract writes ${keystores.join(' or ')}.`);
}

/** The MTA makes the same destinations under the same names and of the same types. */
export function checkContentDestinations({ destinations, mta }, problems) {
  mta.value.modules.forEach(({ parameters }, index) => {
    for (const level of ['instance', 'subaccount'])
      (parameters?.content?.[level]?.destinations ?? []).forEach((made, position) => {
        const path = ['modules', index, 'parameters', 'content', level, 'destinations', position];
        const report = (name, message) =>
          problems.push({
            file: mta.file,
            line: mta.lineOf([...path, name]),
            message: `${name} is ${made[name]}, but ${message}. Make them equal.`,
          });
        const same = destinations.find(({ value }) => value.Name === made.Name);
        if (same === undefined) report('Name', destinations.map((one) => describe(one, 'Name')).join(' and '));
        else if (same.value.Authentication !== made.Authentication)
          report('Authentication', describe(same, 'Authentication'));
      });
  });
}

function describe({ file, value, lineOf }, name) {
  return `${value[name]} in ${file}:${lineOf([name])}`;
}

function certificateRoutes(apps) {
  const routes = apps.flatMap((app) => app.routes.map(({ route }) => route));
  return [...new Set(routes.filter((route) => route.split('.')[1] === 'cert'))];
}

function instancesOf(mta, service) {
  return mta.value.resources
    .filter(({ parameters }) => parameters.service === service)
    .map(({ parameters }) => parameters['service-name']);
}

/** `cfapps.us10-001.hana.ondemand.com` is one of several Cloud Foundry systems of the landscape us10.hana.ondemand.com. */
function landscapeOf(domain) {
  return domain.replace(/^cfapps\./, '').replace(/^([a-z0-9]+)-\d+\./, '$1.');
}
