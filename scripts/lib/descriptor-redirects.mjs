// Where XSUAA may send users who log in: xs-security.json knows no variables, so the address of the app is written out there.
import { isDeepStrictEqual } from 'node:util';

const MEMBER = 'oauth2-configuration';

export function checkRedirectUris({ apps, vars, xsSecurity, mta }, problems) {
  const resolve = (text) =>
    text
      .replaceAll(/\(\(suffix\)\)|\$\{suffix\}/g, vars.value.suffix)
      .replaceAll(/\(\(domain\)\)|\$\{default-domain\}/g, vars.value.domain);
  checkRoutes({ apps, vars, xsSecurity, resolve }, problems);
  checkMtaConfig({ mta, xsSecurity, resolve }, problems);
}

function checkRoutes({ apps, vars, xsSecurity, resolve }, problems) {
  const routes = apps.flatMap((app) => app.routes).map(({ route }) => `https://${resolve(route)}/`);
  (xsSecurity.value[MEMBER]['redirect-uris'] ?? []).forEach((uri, index) => {
    // What has wildcards in its host name is somebody's choice for many routes at once.
    if (/^[^/]+\/\/[^/]*\*/.test(uri) || routes.some((route) => uri.startsWith(route))) return;
    problems.push({
      file: xsSecurity.file,
      line: xsSecurity.lineOf([MEMBER, 'redirect-uris', index]),
      message: `${uri} is at no route of an app. With suffix and domain of ${vars.file} the routes are ${[...new Set(routes)].join(', ')}.`,
    });
  });
}

/** `config` replaces whole members of the file, so it must repeat what it does not change. */
function checkMtaConfig({ mta, xsSecurity, resolve }, problems) {
  mta.value.resources.forEach(({ parameters }, index) => {
    const config = parameters.config?.[MEMBER];
    if (config === undefined || !parameters.path?.endsWith(xsSecurity.file)) return;
    if (isDeepStrictEqual(JSON.parse(resolve(JSON.stringify(config))), xsSecurity.value[MEMBER])) return;
    problems.push({
      file: mta.file,
      line: mta.lineOf(['resources', index, 'parameters', 'config', MEMBER]),
      message: `${MEMBER} is not that of ${xsSecurity.file}:${xsSecurity.lineOf([MEMBER])} with suffix and domain filled in. Make them equal.`,
    });
  });
}
