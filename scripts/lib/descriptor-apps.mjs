// One model of an app, whether a manifest or the MTA describes it, and the comparison of all that describe the same one.
import { isDeepStrictEqual } from 'node:util';

/** `~{property}` of what is required. */
const REFERENCE = /~\{([^}]+)\}/g;

/**
 * @typedef {object} App
 * @property {string} name
 * @property {import('./descriptor-source.mjs').Source} source
 * @property {Record<string, { value: unknown, path: (string | number)[] }>} settings what all descriptions must agree on
 * @property {{ name: string, value: unknown, path: (string | number)[] }[]} environment
 * @property {{ route: string, path: (string | number)[] }[]} routes with ((suffix)) and ((domain))
 * @property {{ name: string, parameters: any, path: (string | number)[] }[]} services
 */

/** @returns {App[]} */
export function readManifestApps(source) {
  return source.value.applications.map((app, index) => {
    const at = ['applications', index];
    return {
      name: app.name,
      source,
      settings: readSettings(app, at, { disk: 'disk_quota', buildpack: 'buildpacks' }),
      environment: readVariables(app.env, [...at, 'env']),
      routes: app.routes.map(({ route }, position) => ({ route, path: [...at, 'routes', position] })),
      services: (app.services ?? []).map((service, position) => ({
        name: service.name ?? service,
        parameters: service.parameters,
        path: [...at, 'services', position],
      })),
    };
  });
}

/** The modules that are apps; a resource is named here by its service instance. @returns {App[]} */
export function readMtaApps(source) {
  const { modules, resources } = source.value;
  const instances = new Map(resources.map(({ name, parameters }) => [name, parameters['service-name']]));
  const provided = readProvided(modules);
  return modules.flatMap((module, index) => {
    if (module.type !== 'nodejs') return [];
    const at = ['modules', index];
    const { parameters = {}, path } = module;
    const settings = readSettings({ ...parameters, path }, [...at, 'parameters'], {
      disk: 'disk-quota',
      buildpack: 'buildpack',
    });
    settings.path.path = [...at, 'path'];
    return [
      {
        name: module.name,
        source,
        settings,
        environment: readModuleVariables(module, at, provided),
        routes: (parameters.routes ?? []).map(({ route }, position) => ({
          route: asInManifest(route),
          path: [...at, 'parameters', 'routes', position],
        })),
        services: (module.requires ?? []).flatMap(({ name, parameters }, position) =>
          instances.has(name)
            ? [{ name: instances.get(name), parameters: parameters?.config, path: [...at, 'requires', position] }]
            : [],
        ),
      },
    ];
  });
}

/** What modules provide to others: name -> properties. */
export function readProvided(modules) {
  return new Map(modules.flatMap(({ provides = [] }) => provides.map(({ name, properties }) => [name, properties])));
}

/** Variables that a module sets itself, and those that it takes from what another one provides. */
function readModuleVariables({ properties, requires = [] }, at, provided) {
  const taken = requires.flatMap(({ name, properties: wanted }, position) =>
    readVariables(wanted, [...at, 'requires', position, 'properties']).map(({ value, ...variable }) => ({
      ...variable,
      value: value.replaceAll(REFERENCE, (whole, property) => provided.get(name)?.[property] ?? whole),
    })),
  );
  return [...readVariables(properties, [...at, 'properties']), ...taken].map((variable) => ({
    ...variable,
    value: asInManifest(variable.value),
  }));
}

function readVariables(variables = {}, at) {
  return Object.entries(variables).map(([name, value]) => ({ name, value, path: [...at, name] }));
}

function asInManifest(text) {
  return text.replaceAll('${suffix}', '((suffix))').replaceAll('${default-domain}', '((domain))');
}

function readSettings(found, at, names) {
  const setting = (key) => ({ value: found[key], path: [...at, key] });
  return {
    path: setting('path'),
    memory: setting('memory'),
    'disk quota': setting(names.disk),
    instances: { ...setting('instances'), value: found.instances ?? 1 },
    'start command': setting('command'),
    buildpack: { ...setting(names.buildpack), value: [found[names.buildpack] ?? []].flat() },
    'type of health check': setting('health-check-type'),
    'endpoint of the health check': setting('health-check-http-endpoint'),
  };
}

/**
 * Every app is compared with the first description of the same name; services and variables, of which one description may
 * have more than another, with the first that has them.
 */
export function compareApps(apps, problems) {
  const described = new Map();
  for (const app of apps) {
    const earlier = described.get(app.name) ?? [];
    described.set(app.name, [...earlier, app]);
    if (earlier.length === 0) continue;
    if (earlier.some(({ source }) => source === app.source)) twice(app, problems);
    else compareWith(earlier, app, problems);
  }
}

function compareWith(earlier, app, problems) {
  const [first] = earlier;
  for (const [what, { value, path }] of Object.entries(app.settings))
    compareValues({ app, what, value, path }, { ...first.settings[what], source: first.source }, problems);
  const routes = (of) => of.routes.map(({ route }) => route).toSorted();
  compareValues(
    { app, what: 'the routes', value: routes(app), path: app.routes[0]?.path ?? [] },
    { source: first.source, value: routes(first), path: first.routes[0].path },
    problems,
  );
  for (const { name, value, path } of app.environment)
    compareValues({ app, what: `the variable ${name}`, value, path }, findIn(earlier, 'environment', name), problems);
  for (const { name, parameters, path } of app.services) {
    const same = findIn(earlier, 'services', name);
    compareValues(
      { app, what: `the binding parameters of ${name}`, value: parameters, path },
      same && { ...same, value: same.parameters },
      problems,
    );
  }
  for (const { name, path } of first.environment)
    if (!app.environment.some((variable) => variable.name === name))
      problems.push({
        file: app.source.file,
        line: lineOf(app),
        message: `${app.name} lacks the variable ${name}, which ${first.source.file}:${first.source.lineOf(path)} sets. Add it.`,
      });
}

/** The first earlier description of something, with its file. */
function findIn(earlier, part, name) {
  for (const app of earlier) {
    const found = app[part].find((one) => one.name === name);
    if (found !== undefined) return { ...found, source: app.source };
  }
  return undefined;
}

function compareValues({ app, what, value, path }, wanted, problems) {
  if (wanted === undefined || isDeepStrictEqual(value, wanted.value)) return;
  problems.push({
    file: app.source.file,
    line: app.source.lineOf(path),
    message: `${what} of ${app.name}: ${show(value)} here, ${show(wanted.value)} in ${wanted.source.file}:${wanted.source.lineOf(wanted.path)}. Make them equal.`,
  });
}

/**
 * mta.yaml has the apps of manifest.yml, and each with all services and variables that any manifest gives it; what it has
 * besides must be in some manifest.
 */
export function compareMta({ apps, mtaApps, mta, main }, problems) {
  for (const { name } of apps.filter(({ source }) => source === main))
    if (!mtaApps.some((module) => module.name === name))
      problems.push({
        file: mta.file,
        line: mta.lineOf(['modules']),
        message: `has no module ${name}, which ${main.file} deploys. Add it.`,
      });
  for (const module of mtaApps) {
    const same = apps.filter(({ name }) => name === module.name);
    if (same.length === 0)
      problems.push({
        file: mta.file,
        line: lineOf(module),
        message: `${module.name} is in no manifest. Add it there or remove it here.`,
      });
    else compareParts(module, same, problems);
  }
}

const PARTS = [
  { part: 'services', has: 'is bound to', adds: 'binds', preposition: ' to' },
  { part: 'environment', has: 'has the variable', adds: 'gives', preposition: '' },
];

function compareParts(module, same, problems) {
  const report = (path, message) =>
    problems.push({ file: module.source.file, line: module.source.lineOf(path), message });
  for (const { part, has, adds, preposition } of PARTS) {
    const known = new Map(
      same
        .toReversed()
        .flatMap((app) => app[part].map(({ name, path }) => [name, `${app.source.file}:${app.source.lineOf(path)}`])),
    );
    for (const [name, place] of known)
      if (!module[part].some((one) => one.name === name))
        report(module.settings.path.path, `${module.name} ${has} ${name} in ${place}, but not here. Add it.`);
    for (const { name, path } of module[part])
      if (!known.has(name))
        report(
          path,
          `${adds} ${module.name}${preposition} ${name}, which no manifest does. Add it there or remove it here.`,
        );
  }
}

function lineOf(app) {
  return app.source.lineOf(app.settings.path.path);
}

function twice(app, problems) {
  problems.push({ file: app.source.file, line: lineOf(app), message: `describes ${app.name} twice. Remove one.` });
}

function show(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
