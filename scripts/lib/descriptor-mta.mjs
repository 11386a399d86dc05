// What mta.yaml must hold beyond its schema: that its names lead somewhere, and how it makes the destination.
import { readProvided } from './descriptor-apps.mjs';

export function checkMta(source, { vars, fileExists }, problems) {
  const { modules, resources, parameters } = source.value;
  const report = (path, message) => problems.push({ file: source.file, line: source.lineOf(path), message });
  if (parameters?.suffix !== vars.value.suffix)
    report(
      ['parameters', 'suffix'],
      `suffix is ${parameters?.suffix ?? 'missing'}, but ${vars.value.suffix} in ${vars.file}:${vars.lineOf(['suffix'])}. Make them equal.`,
    );

  const provided = readProvided(modules);
  const known = new Set([...resources.map(({ name }) => name), ...provided.keys()]);
  const required = new Set();
  modules.forEach((module, index) =>
    (module.requires ?? []).forEach(({ name, properties = {} }, position) => {
      const at = ['modules', index, 'requires', position];
      required.add(name);
      if (!known.has(name))
        report(
          at,
          `${module.name} requires ${name}, which nothing here provides. Known are: ${[...known].join(', ')}.`,
        );
      else checkTaken(properties, { name, at: [...at, 'properties'], provided: provided.get(name) ?? {} }, report);
    }),
  );
  resources.forEach(({ name, parameters: { path } }, index) => {
    if (!required.has(name))
      report(['resources', index], `no module requires the resource ${name}. Remove it or require it.`);
    if (path !== undefined && !fileExists(path))
      report(['resources', index, 'parameters', 'path'], `there is no file ${path}.`);
  });
  modules.forEach((module, index) => {
    checkProvidedUrls(module, index, report);
    if (module.type === 'com.sap.application.content') checkContent({ module, index, resources, provided }, report);
  });
}

/** `~{property}` must be a property of what is required. */
function checkTaken(properties, { name, at, provided }, report) {
  for (const [variable, value] of Object.entries(properties))
    for (const [whole, property] of value.matchAll(/~\{([^}]+)\}/g))
      if (!Object.hasOwn(provided, property))
        report(
          [...at, variable],
          `${variable} takes ${whole}, but ${name} provides ${Object.keys(provided).join(', ') || 'no property'}.`,
        );
}

function checkProvidedUrls({ parameters = {}, provides = [] }, index, report) {
  const urls = (parameters.routes ?? []).map(({ route }) => `https://${route}`);
  provides.forEach(({ properties }, position) => {
    for (const [name, value] of Object.entries(properties))
      if (!urls.includes(value))
        report(
          ['modules', index, 'provides', position, 'properties', name],
          `${name} is ${value}, which is no route of this module: ${urls.join(', ')}.`,
        );
  });
}

function checkContent({ module, index, resources, provided }, report) {
  const at = ['modules', index];
  const requires = module.requires ?? [];
  const targets = requires.filter(({ parameters }) => parameters?.['content-target'] === true);
  if (targets.length !== 1)
    report(
      [...at, 'requires'],
      `${module.name} needs exactly one requirement with content-target: true, the Destination Service.`,
    );
  const keys = requires.flatMap(({ name, parameters }) => {
    const key = parameters?.['service-key'];
    const resource = resources.find((candidate) => candidate.name === name);
    return key === undefined || resource === undefined
      ? []
      : [{ instance: resource.parameters['service-name'], key: key.name }];
  });
  requires.forEach(({ parameters }, position) => {
    const key = parameters?.['service-key'];
    if (key !== undefined && !key.name.includes('${timestamp}'))
      report(
        [...at, 'requires', position, 'parameters', 'service-key', 'name'],
        `the service key ${key.name} has a fixed name, so its certificate is never renewed. Put \${timestamp} into the name.`,
      );
  });
  for (const level of ['instance', 'subaccount'])
    (module.parameters?.content?.[level]?.destinations ?? []).forEach((destination, position) => {
      const path = [...at, 'parameters', 'content', level, 'destinations', position];
      const { TokenServiceInstanceName: instance, TokenServiceKeyName: key, URL: url } = destination;
      if (!keys.some((one) => one.instance === instance && one.key === key))
        report(
          [...path, 'TokenServiceKeyName'],
          `${destination.Name} uses the key ${key} of ${instance}, which ${module.name} does not create. Its keys are: ${keys.map((one) => `${one.key} of ${one.instance}`).join(', ') || 'none'}.`,
        );
      const [, name, property] = /^~\{([^/}]+)\/([^}]+)\}$/.exec(url) ?? [];
      if (provided.get(name)?.[property] === undefined || !requires.some((one) => one.name === name))
        report([...path, 'URL'], `URL is ${url}, which ${module.name} does not require or nothing provides.`);
    });
}
