import { CfFailure } from './failure';
import { switchFlag, type FlagNames } from './flags';
import { formatTable } from './table';
import { defineVerb, type Verb } from './verb';
import { CF_VERSION } from './version';

/** The help of one verb, in the sections that `cf VERB --help` has. */
export function formatVerbHelp(verb: Verb): string[] {
  const { name, alias, description, usage, examples = [], environment = [], seeAlso = [], flags } = verb;
  return [
    'NAME:',
    `   ${name} - ${description}`,
    '',
    'USAGE:',
    ...usage.map((line) => (line.startsWith(' ') ? `   ${line}` : `   cf ${line}`)),
    ...section('EXAMPLES', examples),
    ...section('ALIAS', alias === undefined ? [] : [alias]),
    ...section('OPTIONS', alignOptions(flags)),
    ...section('ENVIRONMENT', alignRows(environment)),
    ...section('SEE ALSO', seeAlso.length === 0 ? [] : [seeAlso.join(', ')]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `   ${line}`)];
}

function alignOptions(flags: readonly FlagNames[]): string[] {
  const rows = flags
    .map(({ long, short, description }) => {
      const names = [long && `--${long}`, short && `-${short}`].filter(Boolean).join(', ');
      return [names, description] as const;
    })
    .sort(([a], [b]) => bare(a).localeCompare(bare(b), 'en'));
  return alignRows(rows);
}

function alignRows(rows: readonly (readonly [string, string])[]): string[] {
  // cf leaves six blanks between an option and its text.
  return formatTable(rows.map(([name, text]) => [`${name}   `, text]));
}

function bare(name: string): string {
  return name.replace(/^-+/, '');
}

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['Before getting started', ['login', 'logout', 'target', 'version', 'help']],
  [
    'Application lifecycle',
    [
      'apps',
      'app',
      'push',
      'start',
      'stop',
      'restart',
      'restage',
      'scale',
      'delete',
      'logs',
      'env',
      'set-env',
      'unset-env',
    ],
  ],
  [
    'Services',
    [
      'services',
      'service',
      'create-service',
      'update-service',
      'delete-service',
      'create-user-provided-service',
      'bind-service',
      'unbind-service',
      'cleanup-outdated-service-bindings',
      'service-keys',
      'service-key',
      'create-service-key',
      'delete-service-key',
    ],
  ],
  ['Routes and API', ['routes', 'curl']],
];

/** What `cf help` prints: every verb that the landscape has, by subject. */
export function formatGeneralHelp(verbs: readonly Verb[]): string[] {
  const groups = GROUPS.flatMap(([title, names]) => {
    const rows = names.flatMap((name) => {
      const verb = verbs.find((candidate) => candidate.name === name);
      return verb === undefined ? [] : [[nameWithAlias(verb), verb.description] as const];
    });
    return ['', `${title}:`, ...formatTable(rows).map((line) => `  ${line}`)];
  });
  return [
    `cf version ${CF_VERSION}, Cloud Foundry command line tool`,
    'Usage: cf [global options] command [arguments...] [command options]',
    ...groups,
    '',
    'Global options:',
    ...formatTable([
      ['  --help, -h', 'Show help; behind a command, its own'],
      ['  --version, -v', 'Print the version'],
    ]),
    '',
    "This is the local landscape's cf: it has the verbs above and never reaches a real account.",
  ];
}

function nameWithAlias({ name, alias }: Verb): string {
  return alias === undefined ? name : `${name},${alias}`;
}

/** `cf help` lists the verbs, `cf help VERB` explains one. */
export function helpVerb(verbs: readonly Verb[]): Verb {
  const help: Verb = defineVerb({
    name: 'help',
    alias: 'h',
    description: 'Show help',
    usage: ['help [COMMAND] [-a]'],
    requires: 'nothing',
    required: [],
    optional: ['COMMAND'],
    flags: { all: switchFlag({ short: 'a', description: 'All available CLI commands' }) },
    async execute({ args }, { ui }) {
      const { COMMAND: name } = args;
      if (name === undefined) {
        for (const line of formatGeneralHelp(verbs)) ui.say(line);
        return;
      }
      const verb = [...verbs, help].find((candidate) => candidate.name === name || candidate.alias === name);
      if (verb === undefined) throw new CfFailure(`'${name}' is not a registered command. See 'cf help -a'`);
      for (const line of formatVerbHelp(verb)) ui.say(line);
    },
  });
  return help;
}
