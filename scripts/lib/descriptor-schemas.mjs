// What the descriptors may say, as JSON Schema. Stricter than the platform, which ignores what it does not know:
// a misspelt name is a problem here. `title` names the thing, `description` says what to write.

const text = (description, pattern) => ({ type: 'string', minLength: 1, description, ...(pattern && { pattern }) });
const size = text('Write a whole number with a unit, e.g. 128M or 1G.', '^[1-9][0-9]*(M|MB|G|GB|m|mb|g|gb)$');
const count = (description) => ({ type: 'integer', minimum: 0, description });
const seconds = { type: 'integer', minimum: 1, description: 'Write a whole number of seconds.' };
const choice = (...values) => ({ enum: values, description: `Write ${listOf(values)}.` });
const object = (title, properties, required = []) => ({
  type: 'object',
  title,
  additionalProperties: false,
  properties,
  required,
});
const list = (items) => ({ type: 'array', minItems: 1, items, description: 'Write a list.' });
const anything = {};
const instanceName = text('Write the name of a service instance.', '^[^\\s/]+$');

function listOf(values) {
  const [last, ...others] = values.toReversed();
  return others.length === 0 ? String(last) : `${others.toReversed().join(', ')} or ${last}`;
}

const healthChecks = {
  'health-check-type': choice('port', 'process', 'http'),
  'health-check-http-endpoint': text('Write a path, e.g. /health.', '^/'),
  'health-check-invocation-timeout': seconds,
  'readiness-health-check-type': choice('port', 'process', 'http'),
  'readiness-health-check-http-endpoint': text('Write a path, e.g. /health.', '^/'),
  'readiness-health-check-invocation-timeout': seconds,
  'readiness-health-check-interval': seconds,
};

const variables = {
  type: 'object',
  title: 'the environment',
  propertyNames: {
    pattern: '^(?!VCAP_|VMC_|PORT$)[A-Za-z_][A-Za-z0-9_]*$',
    description: 'Names that Cloud Foundry sets itself (PORT, VCAP_…) are refused.',
  },
  additionalProperties: text('Write a text; put numbers and true/false in quotes.'),
};

const route = object(
  'a route',
  {
    route: text('Write host.domain without https://.', '^(?!.*://)[^\\s/]+\\.[^\\s/]+$'),
    protocol: choice('http1', 'http2'),
  },
  ['route'],
);

/** manifest*.yml, after the reference of Cloud Foundry's manifest attributes. */
export const manifest = object(
  'a manifest',
  {
    version: { const: 1, description: 'Write 1.' },
    applications: list(
      object(
        'an application',
        {
          name: text('Write the name of the app.', '^[A-Za-z0-9._-]+$'),
          path: text('Write the folder to upload, relative to the manifest.'),
          buildpacks: list(text('Write the name of a buildpack.')),
          stack: text('Write the name of a stack.'),
          memory: size,
          disk_quota: size,
          instances: count('Write a whole number.'),
          command: text('Write the start command.'),
          timeout: seconds,
          ...healthChecks,
          'health-check-interval': seconds,
          env: variables,
          routes: list(route),
          services: list({
            ...object(
              'a service',
              {
                name: instanceName,
                parameters: { type: 'object', description: 'Write an object.' },
                binding_name: text('Write a name.'),
              },
              ['name'],
            ),
            type: ['object', 'string'],
          }),
          features: { type: 'object', additionalProperties: { type: 'boolean', description: 'Write true or false.' } },
          metadata: object('metadata', { labels: { type: 'object' }, annotations: { type: 'object' } }),
          processes: list({ type: 'object' }),
          sidecars: list({ type: 'object' }),
        },
        ['name', 'path', 'memory', 'disk_quota', 'command', 'health-check-type', 'routes'],
      ),
    ),
  },
  ['applications'],
);

/** vars.yml; a manifest may need further variables. */
export const vars = {
  type: 'object',
  title: 'vars.yml',
  required: ['suffix', 'domain'],
  additionalProperties: text('Write a text.'),
  properties: {
    suffix: text(
      'Write letters, digits and hyphens: it becomes part of a host name.',
      '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$',
    ),
    domain: text(
      'Write the domain of the region, e.g. cfapps.eu10.hana.ondemand.com, without https:// and without "cert." in front.',
      '^(?!cert\\.)[a-z0-9-]+(\\.[a-z0-9-]+)+$',
    ),
  },
};

const generatedCertificate = object(
  'a generated certificate',
  {
    'key-length': choice(2048, 4096, 8192),
    validity: {
      type: 'integer',
      minimum: 1,
      maximum: 30,
      description: 'Write 1 to 30: certificates live 30 days at most.',
    },
    'validity-type': { const: 'DAYS', description: 'Write DAYS: XSUAA takes no other unit any more.' },
  },
  ['key-length', 'validity', 'validity-type'],
);

/** Binding parameters of XSUAA (flat) and, below `xsuaa`, of the Destination Service. */
export const xsuaaBinding = object(
  'binding parameters of XSUAA',
  { 'credential-type': choice('binding-secret', 'x509'), x509: generatedCertificate },
  ['credential-type'],
);
export const destinationBinding = object('binding parameters of the Destination Service', { xsuaa: xsuaaBinding }, [
  'xsuaa',
]);
export const identityBinding = object(
  'binding parameters of the identity service',
  {
    'credential-type': choice('SECRET', 'X509_GENERATED', 'X509_PROVIDED', 'NONE'),
    'key-length': choice(2048, 4096),
    validity: { type: 'integer', minimum: 1, maximum: 30, description: 'Write 1 to 30.' },
    'validity-type': { const: 'DAYS', description: 'Write DAYS.' },
    'app-identifier': text('Write at most 20 characters.', '^.{1,20}$'),
    certificate: text('Write a certificate in PEM.'),
  },
  ['credential-type'],
);

/** xs-security.json, after SAP's reference of the application security descriptor. */
export const xsSecurity = object(
  'xs-security.json',
  {
    xsappname: text('Write at most 100 letters, digits, -, _, / or \\.', '^[A-Za-z0-9_/\\\\-]{1,100}$'),
    description: text('Write a text.'),
    'tenant-mode': choice('dedicated', 'shared'),
    scopes: list({ type: 'object' }),
    attributes: list({ type: 'object' }),
    'role-templates': list({ type: 'object' }),
    'role-collections': list({ type: 'object' }),
    authorities: { type: 'array' },
    'foreign-scope-references': { type: 'array' },
    'oauth2-configuration': object(
      'oauth2-configuration',
      {
        'credential-types': { ...list(choice('binding-secret', 'x509')), uniqueItems: true },
        'token-validity': { type: 'integer', minimum: 60, maximum: 86_400, description: 'Write 60 to 86400 seconds.' },
        'refresh-token-validity': {
          type: 'integer',
          minimum: 60,
          maximum: 31_536_000,
          description: 'Write 60 to 31536000 seconds.',
        },
        'redirect-uris': list(text('Write a URL.')),
        'grant-types': list(text('Write a grant type.')),
        'system-attributes': { type: 'array' },
        allowedproviders: { type: 'array' },
      },
      ['credential-types'],
    ),
  },
  ['xsappname', 'tenant-mode', 'oauth2-configuration'],
);

/** config_ias.json, after SAP's reference of the identity service's parameters. */
export const identityInstance = object('config_ias.json', {
  name: text('Write a name.'),
  'display-name': text('Write at most 99 characters.', '^.{1,99}$'),
  'oauth2-configuration': object('oauth2-configuration', {
    'redirect-uris': { ...list(text('Write a URL.')), maxItems: 20 },
    'post-logout-redirect-uris': list(text('Write a URL.')),
    'front-channel-logout-uris': list(text('Write a URL.')),
    'back-channel-logout-uris': list(text('Write a URL.')),
    'public-client': { type: 'boolean', description: 'Write true or false.' },
    'grant-types': list(text('Write a grant type.')),
    'token-policy': object('token-policy', {
      'token-validity': { type: 'integer', minimum: 60, maximum: 43_200, description: 'Write 60 to 43200 seconds.' },
      'refresh-validity': count('Write 0 or 3600 to 15552000 seconds.'),
      'refresh-parallel': { type: 'integer', minimum: 1, maximum: 10, description: 'Write 1 to 10.' },
      'refresh-usage-after-renewal': choice('off', 'online', 'mobile'),
      'access-token-format': choice('default', 'jwt', 'opaque'),
    }),
  }),
  'consumed-services': list(
    object('a consumed service', { 'service-instance-name': instanceName }, ['service-instance-name']),
  ),
  'xsuaa-cross-consumption': { type: 'boolean', description: 'Write true or false.' },
  authorization: object('authorization', { enabled: { type: 'boolean' }, value_help_url: text('Write a URL.') }),
  'subject-name-identifier': anything,
  'provided-apis': {
    ...list(object('a provided API', { name: text('Write a name.'), description: text('Write a text.') }, ['name'])),
    maxItems: 50,
  },
});

/** The destination file; the service takes more, this deployment uses these. */
export const destination = object(
  'the destination',
  {
    Name: text('Write the name of the destination.'),
    Description: text('Write a text.'),
    Type: { const: 'HTTP', description: 'Write HTTP.' },
    URL: text('Write https://host.domain without a path and without a slash at the end.', '^https://[^/\\s]+$'),
    ProxyType: {
      const: 'Internet',
      description: 'Write Internet: the service fetches tokens over mutual TLS on this way only.',
    },
    Authentication: choice('OAuth2ClientCredentials', 'OAuth2JWTBearer'),
    clientId: text(
      'Write the clientid of the XSUAA binding, e.g. sb-name!t1; in the file "!" is written "\\!".',
      '^sb-.+!t[0-9]+$',
    ),
    tokenServiceURLType: { const: 'Dedicated', description: 'Write Dedicated.' },
    tokenServiceURL: text(
      'Write certurl (its host has ".authentication.cert.") with /oauth/token at the end.',
      '^https://[^/.]+\\.authentication\\.cert\\.[^/]+/oauth/token$',
    ),
    'tokenService.KeyStoreLocation': text('Write the name of the keystore with .pem at its end.', '\\.pem$'),
  },
  [
    'Name',
    'Type',
    'URL',
    'ProxyType',
    'Authentication',
    'clientId',
    'tokenServiceURLType',
    'tokenServiceURL',
    'tokenService.KeyStoreLocation',
  ],
);

const name = text('Write letters, digits, _, - or full stops.', '^[A-Za-z0-9_.-]+$');
const customBuild = object(
  'a build step',
  {
    builder: choice('custom'),
    commands: { type: 'array', items: text('Write a command.') },
    timeout: text('Write a duration.'),
  },
  ['builder', 'commands'],
);
const serviceKey = object('a service key', { name: text('Write a name.'), config: { type: 'object' } }, [
  'name',
  'config',
]);
const contentDestination = object(
  'a destination',
  {
    Name: text('Write the name of the destination.'),
    Description: text('Write a text.'),
    URL: text('Write ~{name/property} of what a module provides.', '^~\\{[^}]+\\}$'),
    Authentication: choice('OAuth2ClientCredentials', 'OAuth2JWTBearer'),
    TokenServiceInstanceName: instanceName,
    TokenServiceKeyName: text('Write the name of the service key.'),
  },
  ['Name', 'URL', 'Authentication', 'TokenServiceInstanceName', 'TokenServiceKeyName'],
);
const contentLevel = object(
  'a level of the content',
  {
    existing_destinations_policy: choice('fail', 'ignore', 'update'),
    destinations: list(contentDestination),
  },
  ['existing_destinations_policy', 'destinations'],
);

/** mta.yaml, as far as this deployment uses it. */
export const mta = object(
  'mta.yaml',
  {
    '_schema-version': text('Write a schema version in quotes, e.g. "3.2".', '^3\\.[1-9]'),
    ID: name,
    version: text('Write a version, e.g. 1.0.0.', '^[0-9]+\\.[0-9]+\\.[0-9]+'),
    description: text('Write a text.'),
    parameters: { type: 'object' },
    'build-parameters': object('build-parameters', { 'before-all': list(customBuild) }),
    modules: list(
      object(
        'a module',
        {
          name,
          type: choice('nodejs', 'com.sap.application.content'),
          path: text('Write the folder to pack.'),
          'build-parameters': object('build-parameters', {
            ...customBuild.properties,
            'no-source': { type: 'boolean', description: 'Write true or false.' },
          }),
          parameters: object('the parameters of a module', {
            buildpack: text('Write the name of a buildpack.'),
            memory: size,
            'disk-quota': size,
            instances: count('Write a whole number.'),
            command: text('Write the start command.'),
            ...healthChecks,
            'health-check-timeout': seconds,
            routes: list(route),
            content: object('the content', { instance: contentLevel, subaccount: contentLevel }),
          }),
          properties: variables,
          provides: list(
            object('what a module provides', { name, properties: { type: 'object' } }, ['name', 'properties']),
          ),
          requires: list(
            object(
              'what a module requires',
              {
                name,
                parameters: object('the parameters of a requirement', {
                  config: { type: 'object' },
                  'content-target': { type: 'boolean', description: 'Write true or false.' },
                  'service-key': serviceKey,
                }),
                properties: variables,
              },
              ['name'],
            ),
          ),
          'deployed-after': list(name),
        },
        ['name', 'type'],
      ),
    ),
    resources: list(
      object(
        'a resource',
        {
          name,
          type: choice('org.cloudfoundry.managed-service'),
          parameters: object(
            'the parameters of a resource',
            {
              service: choice('xsuaa', 'destination', 'identity'),
              'service-plan': choice('application', 'lite'),
              'service-name': instanceName,
              path: text('Write the path of a JSON file.'),
              config: { type: 'object' },
              'service-keys': list(serviceKey),
            },
            ['service', 'service-plan', 'service-name'],
          ),
        },
        ['name', 'type', 'parameters'],
      ),
    ),
  },
  ['_schema-version', 'ID', 'version', 'modules', 'resources'],
);
