import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonObject } from '../../../broker';
import { isObject } from '../../manifest/json-shape';
import { readTags, tagsFlag } from '../common-flags';
import { UsageError } from '../failure';
import { textFlag, valueFlag } from '../flags';
import { findJsonProblem } from '../json-problem';
import { announce } from '../sentences';
import type { Ui } from '../ui';
import { defineVerb } from '../verb';

/** What `-p` may be: the credentials, or the names of those to ask for. */
type Credentials =
  | { readonly kind: 'object'; readonly object: JsonObject }
  | { readonly kind: 'names'; readonly names: readonly string[] };

const credentialsFlag = valueFlag(
  { short: 'p', description: 'Credentials, provided inline or in a file, or names of which to ask for the values' },
  (text, cwd) => readCredentials(text.replace(/^(['"])(.*)\1$/s, '$2'), cwd),
);

export const createUserProvidedService = defineVerb({
  name: 'create-user-provided-service',
  alias: 'cups',
  description: 'Make a user-provided service instance available to CF apps',
  usage: [
    'create-user-provided-service SERVICE_INSTANCE [-p CREDENTIALS] [-l SYSLOG_DRAIN_URL] [-r ROUTE_SERVICE_URL] [-t TAGS]',
  ],
  examples: ['cf create-user-provided-service partner -p \'{"url":"https://partner.example"}\''],
  seeAlso: ['bind-service', 'services'],
  requires: 'space',
  required: ['SERVICE_INSTANCE'],
  flags: {
    credentials: credentialsFlag,
    syslog: textFlag({ short: 'l', description: 'URL to which logs for bound applications will be streamed' }),
    route: textFlag({ short: 'r', description: 'URL to which requests for bound routes will be forwarded' }),
    tags: tagsFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const name = args.SERVICE_INSTANCE;
    const credentials = await askForCredentials(ui, flags.credentials);
    announce(run, ui.format`Creating user provided service ${name}`);
    const tags = readTags(flags.tags);
    const result = await controller.createUserProvidedService({
      name,
      ...(credentials && { credentials }),
      ...(tags && { tags }),
      ...(flags.syslog !== undefined && { syslogDrainUrl: flags.syslog }),
      ...(flags.route !== undefined && { routeServiceUrl: flags.route }),
    });
    if (result === 'exists') ui.say(`Service instance ${name} already exists`);
    ui.ok();
  },
});

/** A text that is neither a file nor an object is a list of names: a mistyped file name too. */
function readCredentials(text: string, cwd: string): Credentials {
  const file = resolve(cwd, text);
  if (text !== '' && existsSync(file)) return { kind: 'object', object: readCredentialsFile(text, file) };
  const object = parseObject(text);
  if (object !== undefined) return { kind: 'object', object };
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { kind: 'names', names };
}

function readCredentialsFile(name: string, file: string): JsonObject {
  const text = readFileSync(file, 'utf8');
  const object = parseObject(text);
  if (object !== undefined) return object;
  const problem = findJsonProblem(text);
  throw new UsageError(
    `The file '${name}' contains invalid JSON. Please provide a path to a file containing a valid JSON object.`,
    {
      foundBy: 'parser',
      ...(problem && { detail: `${file}:${problem.line}:${problem.column}: ${problem.message}.` }),
    },
  );
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse gives JSON.
    return isObject(value as JsonObject) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

async function askForCredentials(ui: Ui, credentials: Credentials | undefined): Promise<JsonObject | undefined> {
  if (credentials === undefined) return undefined;
  if (credentials.kind === 'object') return credentials.object;
  const asked: JsonObject = {};
  for (const name of credentials.names) asked[name] = await ui.ask(`${name}: `, { hidden: true });
  return asked;
}
