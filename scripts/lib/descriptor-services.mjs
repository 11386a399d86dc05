// Binding parameters: each service has a shape of its own, and XSUAA offers only the credential types of its instance.
import { checkSchema } from './descriptor-schema-check.mjs';
import { destinationBinding, identityBinding, xsuaaBinding } from './descriptor-schemas.mjs';

const shapes = { xsuaa: xsuaaBinding, destination: destinationBinding, identity: identityBinding };

export function checkBindingParameters({ apps, mta, xsSecurity, config }, problems) {
  const offerings = new Map(
    mta.value.resources.map(({ parameters }) => [parameters['service-name'], parameters.service]),
  );
  const found = [
    ...apps.flatMap(({ source, services }) =>
      services.map((service) => ({ source, ...service, path: [...service.path, 'parameters'] })),
    ),
    ...readMtaConfigs(mta),
  ];
  for (const { source, name, parameters, path } of found) {
    if (parameters === undefined) continue;
    const offering = offerings.get(name) ?? guessOffering(parameters);
    checkSchema(source, shapes[offering], problems, { path });
    if (offering === 'xsuaa') checkCredentialType({ source, parameters, path, xsSecurity }, problems);
    if (offering === 'identity') checkIdentityParameters({ source, parameters, path }, problems);
  }
  checkCredentialType({ source: config, parameters: config.value, path: [], xsSecurity }, problems);
}

/** Binding and service key parameters of the MTA, of modules and of resources. */
function readMtaConfigs(mta) {
  const { modules, resources } = mta.value;
  const instances = new Map(resources.map(({ name, parameters }) => [name, parameters['service-name']]));
  const ofModules = modules.flatMap((module, index) =>
    (module.requires ?? []).flatMap(({ name, parameters = {} }, position) => {
      const at = ['modules', index, 'requires', position, 'parameters'];
      return [
        { source: mta, name: instances.get(name), parameters: parameters.config, path: [...at, 'config'] },
        {
          source: mta,
          name: instances.get(name),
          parameters: parameters['service-key']?.config,
          path: [...at, 'service-key', 'config'],
        },
      ];
    }),
  );
  const ofResources = resources.flatMap(({ parameters }, index) =>
    (parameters['service-keys'] ?? []).map(({ config }, position) => ({
      source: mta,
      name: parameters['service-name'],
      parameters: config,
      path: ['resources', index, 'parameters', 'service-keys', position, 'config'],
    })),
  );
  return [...ofModules, ...ofResources];
}

/** An instance that only a manifest names: the services' parameters differ enough to be told apart. */
function guessOffering(parameters) {
  if (parameters.xsuaa !== undefined) return 'destination';
  return /^[A-Z]/.test(parameters['credential-type'] ?? '') ? 'identity' : 'xsuaa';
}

function checkCredentialType({ source, parameters, path, xsSecurity }, problems) {
  const offered = xsSecurity.value['oauth2-configuration']['credential-types'];
  const type = parameters['credential-type'];
  const line = source.lineOf([...path, 'credential-type']);
  if (!offered.includes(type))
    problems.push({
      file: source.file,
      line,
      message: `credential-type ${type} is not offered: ${xsSecurity.file}:${xsSecurity.lineOf(['oauth2-configuration', 'credential-types'])} lists ${offered.join(', ')}. Add it there or use one of these.`,
    });
  if (type === 'x509' && parameters.x509 === undefined)
    problems.push({
      file: source.file,
      line,
      message: 'x509 without parameters lives 7 days. Say key-length, validity and validity-type below "x509".',
    });
}

/** Parameters of the identity service that mean something with one credential type only; the service refuses them with others. */
const owners = {
  'key-length': 'X509_GENERATED',
  validity: 'X509_GENERATED',
  'validity-type': 'X509_GENERATED',
  'app-identifier': 'X509_GENERATED',
  certificate: 'X509_PROVIDED',
};

function checkIdentityParameters({ source, parameters, path }, problems) {
  const type = parameters['credential-type'];
  for (const name of Object.keys(parameters))
    if (owners[name] !== undefined && owners[name] !== type)
      problems.push({
        file: source.file,
        line: source.lineOf([...path, name]),
        message: `${name} is for the credential type ${owners[name]}, and this is ${type}. Remove one.`,
      });
  if (type === 'X509_PROVIDED' && parameters.certificate === undefined)
    problems.push({
      file: source.file,
      line: source.lineOf([...path, 'credential-type']),
      message: 'X509_PROVIDED needs your certificate. Add "certificate", in PEM; the key stays with you.',
    });
}
