// What a single manifest must hold beyond its schema, and its variables.

const VARIABLE = /\(\(([^()]+)\)\)/g;

/** @param {{ isWorkspace: (path: string) => boolean }} options whether a path is the built folder of a workspace */
export function checkManifest(source, { isWorkspace }, problems) {
  const routes = new Map();
  source.value.applications.forEach((app, index) => {
    const report = (key, message) =>
      problems.push({
        file: source.file,
        line: source.lineOf(['applications', index, ...[key].flat()]),
        message: `${app.name}: ${message}`,
      });
    if (!isWorkspace(app.path))
      report(
        'path',
        `path is ${app.path}, but there is no package.json beside that folder. Name what npm run build writes, e.g. backend/dist.`,
      );
    if (app['health-check-type'] === 'http' && app['health-check-http-endpoint'] === undefined)
      report('health-check-type', 'health-check-http-endpoint is missing. Add the path that answers 200.');
    checkCommand(app, report);
    app.routes.forEach(({ route }, position) => {
      if (routes.has(route))
        report(
          ['routes', position],
          `the route ${route} is that of ${routes.get(route)} too. A route leads to one app.`,
        );
      routes.set(route, app.name);
      checkCertificateRoute(app, route, (message) => report(['routes', position], message));
    });
    checkBackendUrl(app, source.value.applications, (message) => report(['env', 'BACKEND_URL'], message));
  });
}

/** The frontend shows its certificate there, so it must be a route that asks for one. */
function checkBackendUrl({ env }, applications, report) {
  const url = env?.BACKEND_URL;
  const urls = applications.flatMap(({ routes }) =>
    routes.filter(({ route }) => isCertificateRoute(route)).map(({ route }) => `https://${route}`),
  );
  if (url !== undefined && !urls.includes(url))
    report(
      `BACKEND_URL is ${url}. Write the certificate route of an app in this file: ${urls.join(', ') || 'there is none'}.`,
    );
}

function isCertificateRoute(route) {
  return route.split('.')[1] === 'cert';
}

function checkCommand({ command, memory }, report) {
  if (!command.startsWith('exec node '))
    report('command', 'command must begin with "exec node ": so node itself gets SIGTERM and can end its requests.');
  const heap = Number(/--max-old-space-size=(\d+)/.exec(command)?.[1]);
  const limit = toMegabytes(memory);
  if (Number.isNaN(heap))
    report('command', 'command sets no --max-old-space-size. Node would take more than the container has.');
  else if (heap > limit * 0.75)
    report(
      'command',
      `--max-old-space-size=${heap} leaves too little of ${memory} for what lies outside of that heap. Use at most ${Math.floor(limit * 0.75)}.`,
    );
}

function checkCertificateRoute(app, route, report) {
  if (!isCertificateRoute(route)) return;
  const [host, , ...domain] = route.split('.');
  const plain = [host, ...domain].join('.');
  if (!app.routes.some((other) => other.route === plain))
    report(
      `the certificate route ${route} has no plain route ${plain} beside it. Add it: health and pages need no certificate.`,
    );
}

/** Every ((variable)) of the manifests must be in vars.yml, and the other way round. */
export function checkVariables(manifests, vars, problems) {
  const used = new Set();
  for (const { file, value, lineOf } of manifests)
    for (const { text, path } of texts(value))
      for (const [, name] of text.matchAll(VARIABLE)) {
        if (!Object.hasOwn(vars.value, name))
          problems.push({
            file,
            line: lineOf(path),
            message: `((${name})) has no value. Add "${name}:" to ${vars.file}.`,
          });
        used.add(name);
      }
  for (const name of Object.keys(vars.value))
    if (!used.has(name))
      problems.push({
        file: vars.file,
        line: vars.lineOf([name]),
        message: `${name} is used by no manifest. Remove it, or write ((${name})) where it belongs.`,
      });
}

/** Replaces the variables of a text, e.g. of a route. */
export function resolveVariables(text, vars) {
  return text.replaceAll(VARIABLE, (whole, name) => vars.value[name] ?? whole);
}

function* texts(value, path = []) {
  if (typeof value === 'string') yield { text: value, path };
  else if (value !== null && typeof value === 'object')
    for (const [key, part] of Object.entries(value))
      yield* texts(part, [...path, Array.isArray(value) ? Number(key) : key]);
}

function toMegabytes(size) {
  const number = Number.parseInt(size, 10);
  return /g/i.test(size) ? number * 1024 : number;
}
