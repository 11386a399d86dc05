// One model of an app, whether a manifest or the MTA describes it, and the comparison of all that describe the same one.
import { isDeepStrictEqual } from 'node:util';

/**
 * @typedef {object} App
 * @property {string} name
 * @property {import('./descriptor-source.mjs').Source} source
 * @property {Record<string, { value: unknown, path: (string | number)[] }>} settings what all descriptions must agree on
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
      settings: readSettings(app, at, { disk: 'disk_quota', buildpack: 'buildpacks', env: 'env' }),
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
  const instances = new Map(source.value.resources.map(({ name, parameters }) => [name, parameters['service-name']]));
  return source.value.modules.flatMap((module, index) => {
    if (module.type !== 'nodejs') return [];
    const at = ['modules', index];
    const { parameters = {}, properties, path } = module;
    const settings = readSettings({ ...parameters, properties, path }, [...at, 'parameters'], {
      disk: 'disk-quota',
      buildpack: 'buildpack',
      env: 'properties',
    });
    settings.path.path = [...at, 'path'];
    settings.environment.path = [...at, 'properties'];
    return [
      {
        name: module.name,
        source,
        settings,
        routes: (parameters.routes ?? []).map(({ route }, position) => ({
          route: route.replaceAll('${suffix}', '((suffix))').replaceAll('${default-domain}', '((domain))'),
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
    environment: setting(names.env),
  };
}

/** Every app is compared with the first description of the same name. */
export function compareApps(apps, problems) {
  const first = new Map();
  for (const app of apps) {
    const reference = first.get(app.name);
    if (reference === undefined) first.set(app.name, app);
    else if (reference.source === app.source) twice(app, problems);
    else compareWith(reference, app, problems);
  }
}

function compareWith(reference, app, problems) {
  for (const [what, { value, path }] of Object.entries(app.settings)) {
    const wanted = reference.settings[what];
    if (!isDeepStrictEqual(value, wanted.value))
      disagree(
        {
          app,
          path,
          reference,
          wantedPath: wanted.path,
          what: `${what} of ${app.name}`,
          values: [value, wanted.value],
        },
        problems,
      );
  }
  const routes = (of) => of.routes.map(({ route }) => route).toSorted();
  if (!isDeepStrictEqual(routes(app), routes(reference)))
    disagree(
      {
        app,
        path: app.routes[0]?.path ?? [],
        reference,
        wantedPath: reference.routes[0].path,
        what: `the routes of ${app.name}`,
        values: [routes(app), routes(reference)],
      },
      problems,
    );
  for (const { name, parameters, path } of app.services) {
    const same = reference.services.find((service) => service.name === name);
    if (same !== undefined && !isDeepStrictEqual(parameters, same.parameters))
      disagree(
        {
          app,
          path,
          reference,
          wantedPath: same.path,
          what: `the binding parameters of ${name} for ${app.name}`,
          values: [parameters, same.parameters],
        },
        problems,
      );
  }
}

/** mta.yaml has the apps of manifest.yml with all their services; what it has besides must be in some manifest. */
export function compareServices({ apps, allApps, mtaApps, mta, main }, problems) {
  for (const app of apps) {
    const module = mtaApps.find(({ name }) => name === app.name);
    if (module === undefined) {
      problems.push({
        file: mta.file,
        line: mta.lineOf(['modules']),
        message: `has no module ${app.name}, which ${main.file} deploys. Add it.`,
      });
      continue;
    }
    for (const { name } of app.services)
      if (!module.services.some((service) => service.name === name))
        problems.push({
          file: mta.file,
          line: lineOf(module),
          message: `${app.name} does not require ${name}, to which ${main.file} binds it. Add it.`,
        });
  }
  for (const module of mtaApps) {
    const same = allApps.filter(({ name }) => name === module.name);
    if (same.length === 0)
      problems.push({
        file: mta.file,
        line: lineOf(module),
        message: `${module.name} is in no manifest. Add it there or remove it here.`,
      });
    else
      for (const { name, path } of module.services)
        if (!same.some(({ services }) => services.some((service) => service.name === name)))
          problems.push({
            file: mta.file,
            line: mta.lineOf(path),
            message: `binds ${module.name} to ${name}, which no manifest does. Add it there or remove it here.`,
          });
  }
}

function lineOf(app) {
  return app.source.lineOf(app.settings.path.path);
}

function twice(app, problems) {
  problems.push({ file: app.source.file, line: lineOf(app), message: `describes ${app.name} twice. Remove one.` });
}

function disagree({ app, path, reference, wantedPath, what, values: [value, wanted] }, problems) {
  const { source } = reference;
  problems.push({
    file: app.source.file,
    line: app.source.lineOf(path),
    message: `${what}: ${show(value)} here, ${show(wanted)} in ${source.file}:${source.lineOf(wantedPath)}. Make them equal.`,
  });
}

function show(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
