import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { deployDestination, type DeployReport } from '../destination/deploy-destination';
import { readDeployJobs, type DeployJob, type DeploySource } from '../destination/deploy-job';
import { readTargets } from '../destination/deploy-targets';
import { levels, type Level } from '../destination/destination-service';
import { openService } from '../destination/open-service';
import { tryKeystore } from '../destination/try-keystore';
import { Failure, UsageFailure } from '../failure';
import { readInput } from '../files/read-input';
import type { CallSettings } from '../probe/call-settings';
import { addCallOptions, readCallSettings, type CallOptions } from './call-options';
import { formatDeployReport } from './deploy-report';

interface DeployCommandOptions extends CallOptions {
  readonly destination: string;
  readonly serviceKey?: string;
  readonly targets?: string;
  readonly name?: string;
  readonly keystore?: string;
  readonly xsuaaKey?: string;
  readonly url?: string;
  readonly level: Level;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `destination deploy`: keystore and destination through the REST API of the Destination Service. */
export function addDestinationDeploy(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  const command = destination
    .command('deploy')
    .description('upload a keystore, create or update a destination that uses it, and try it')
    .option('--service-key <FILE>', 'service key of the Destination Service instance; - reads standard input')
    .option(
      '--destination <FILE>',
      'destinations as properties, JSON or YAML',
      join('destination', 'destination_to_mtlsapp'),
    )
    .option('--name <NAME>', 'only this one of several destinations in the file')
    .option('--keystore <FILE>', 'keystore in PEM (default: the one that the destination names, in folder certificate)')
    .option(
      '--xsuaa-key <FILE>',
      'service key or "cf env" output of XSUAA: gives clientId and tokenServiceURL (certurl)',
    )
    .option('--url <URL>', 'base address of the backend')
    .addOption(
      new Option('--level <LEVEL>', 'where to put keystore and destination').choices(levels).default('subaccount'),
    )
    .option(
      '--targets <FILE>',
      'YAML file with several targets: their options under "targets", common ones under "defaults"',
    )
    .option('--dry-run', 'say what would change and change nothing')
    .option('--json', 'print JSON');
  return addCallOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mtls destination deploy --service-key destination-key.txt --xsuaa-key xsuaa-key.txt \\
    --url https://backendmtls-yourname.cert.cfapps.us10.hana.ondemand.com
  mtls destination deploy --targets regions.yaml --dry-run --json

The destination gets exactly the properties of the file, with what the keys and options override. Before anything is
changed, the token endpoint must give a token for the keystore's certificate. Afterwards the service is asked for it: its
token must be bound to the keystore's certificate (OAuth2JWTBearer: only a logged-in user gets one). Nothing is ever deleted. Exit code 1 when it is not, or with --dry-run
when the destination still uses another certificate than the keystore. The same command works on a real account and on
the landscape (there with NODE_EXTRA_CA_CERTS set to its root certificate, or --ca).

A file of targets deploys the same to several subaccounts or several destinations to one; all files are read before the
first call:
  defaults: { destination: destination_to_mtlsapp, keystore: client.pem, xsuaa-key: xsuaa-key.txt }
  targets:
    - { service-key: eu10-key.txt, url: "https://backend.cert.cfapps.eu10.hana.ondemand.com" }
    - { service-key: us10-key.txt, url: "https://backend.cert.cfapps.us10.hana.ondemand.com", level: instance }`,
    )
    .action(async (options: DeployCommandOptions) => {
      setExitCode(await deploy(context, options));
    });
}

/** What became of one destination on one target. */
type Outcome =
  | { readonly kind: 'done'; readonly job: DeployJob; readonly report: DeployReport; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly job: DeployJob; readonly failure: Failure };

async function deploy(context: CliContext, options: DeployCommandOptions): Promise<ExitCode> {
  const settings = await readCallSettings(context, options);
  const jobs: DeployJob[] = [];
  for (const source of await readSources(context, options)) jobs.push(...(await readDeployJobs(context, source)));
  const dryRun = options.dryRun === true;
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    const outcome = await run(job, { settings, dryRun });
    // The only one fails like any command; among several the others go on.
    if (outcome.kind === 'failed' && jobs.length === 1) throw outcome.failure;
    outcomes.push(outcome);
  }
  print(context, outcomes, { dryRun, json: options.json === true });
  return outcomes.every((outcome) => isFine(outcome)) ? 0 : 1;
}

async function readSources(context: CliContext, options: DeployCommandOptions): Promise<DeploySource[]> {
  const { targets, serviceKey } = options;
  if (targets !== undefined) {
    const { text } = await readInput(context, targets);
    return readTargets(text, targets, options);
  }
  if (serviceKey === undefined)
    throw new UsageFailure(
      'service-key-missing',
      'Neither --service-key nor --targets is given.',
      'Give the output of "cf service-key mtlsDestination KEY" as --service-key.',
    );
  return [{ ...options, serviceKey }];
}

async function run(
  job: DeployJob,
  { settings, dryRun }: { settings: CallSettings; dryRun: boolean },
): Promise<Outcome> {
  const { access, desired, identity, level } = job;
  try {
    const service = await openService(access, settings);
    const { clientId = '', tokenServiceURL: tokenUrl = '' } = desired.properties;
    const trial = await tryKeystore({ identity, clientId, tokenUrl }, settings);
    const report = await deployDestination({ service, desired, identity, level, dryRun, now: settings.now() });
    return { kind: 'done', job, report, notes: [...job.notes, ...(trial === undefined ? [] : [trial])] };
  } catch (error) {
    if (error instanceof Failure) return { kind: 'failed', job, failure: error };
    throw error;
  }
}

function isFine(outcome: Outcome): boolean {
  return outcome.kind === 'done' && outcome.report.findings.every(({ severity }) => severity === 'note');
}

function print(
  context: CliContext,
  outcomes: readonly Outcome[],
  { dryRun, json }: { dryRun: boolean; json: boolean },
): void {
  if (json) {
    const [only, ...more] = outcomes.map((outcome) => render(outcome, dryRun));
    const isSingle = more.length === 0;
    const ok = outcomes.every((outcome) => isFine(outcome));
    context.out(JSON.stringify(isSingle ? only : { ok, dryRun, targets: [only, ...more] }, null, 2));
    return;
  }
  for (const outcome of outcomes) {
    if (outcome !== outcomes[0]) context.out('');
    for (const line of format(outcome, { dryRun, colour: context.colour })) context.out(line);
  }
}

function render(outcome: Outcome, dryRun: boolean): object {
  const service = outcome.job.access.uri;
  if (outcome.kind === 'done') return { ok: isFine(outcome), dryRun, service, ...outcome.report, notes: outcome.notes };
  const { code, message, remedy } = outcome.failure;
  return {
    ok: false,
    dryRun,
    service,
    destination: { name: outcome.job.desired.name },
    error: { code, message, remedy },
  };
}

function format(outcome: Outcome, { dryRun, colour }: { dryRun: boolean; colour: boolean }): string[] {
  const { job } = outcome;
  if (outcome.kind === 'done')
    return formatDeployReport({ report: outcome.report, notes: outcome.notes, uri: job.access.uri, dryRun, colour });
  const { message, remedy } = outcome.failure;
  return [
    `Destination Service ${job.access.uri}, level ${job.level}`,
    `Destination ${job.desired.name}: not deployed`,
    `Problem  ${message}`,
    `  ${remedy}`,
  ];
}
