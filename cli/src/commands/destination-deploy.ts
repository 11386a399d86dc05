import { basename, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { Failure, UsageFailure } from '../failure';
import { readInput } from '../files/read-input';
import { readDefinition } from '../destination/definition';
import { deployDestination, type DeployReport } from '../destination/deploy-destination';
import { buildDesiredDestination, type DesiredDestination } from '../destination/desired-destination';
import { DestinationService, levels, type Level } from '../destination/destination-service';
import { fetchToken, tryKeystore } from '../destination/fetch-token';
import { checkUsable, readKeystore, type ClientIdentity } from '../pki/keystore';
import { readBindings } from '../service-key/bindings';
import { readOAuthClient, readServiceUri, type OAuthClient } from '../service-key/client-credentials';
import { selectBinding } from '../service-key/select-binding';
import { formatDeployReport } from './deploy-report';

interface DeployCommandOptions {
  readonly destination: string;
  readonly keystore?: string;
  readonly serviceKey: string;
  readonly xsuaaKey?: string;
  readonly url?: string;
  readonly level: Level;
  readonly timeout: number;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `destination deploy`: keystore and destination through the REST API of the Destination Service. */
export function addDestinationDeploy(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  return destination
    .command('deploy')
    .description('upload a keystore, create or update a destination that uses it, and try it')
    .requiredOption('--service-key <FILE>', 'service key of the Destination Service instance; - reads standard input')
    .option('--destination <FILE>', 'destination as properties or JSON', join('destination', 'destination_to_mtlsapp'))
    .option('--keystore <FILE>', 'keystore in PEM (default: the one that the destination names, in folder certificate)')
    .option(
      '--xsuaa-key <FILE>',
      'service key or "cf env" output of XSUAA: gives clientId and tokenServiceURL (certurl)',
    )
    .option('--url <URL>', 'base address of the backend')
    .addOption(
      new Option('--level <LEVEL>', 'where to put keystore and destination').choices(levels).default('subaccount'),
    )
    .option('--timeout <SECONDS>', 'time that each call may take', readSeconds, 30)
    .option('--dry-run', 'say what would change and change nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls destination deploy --service-key destination-key.txt --xsuaa-key xsuaa-key.txt \\
    --url https://backendmtls-yourname.cfapps.us10.hana.ondemand.com
  mtls destination deploy --service-key destination-key.txt --dry-run --json

The destination gets exactly the properties of the file, with what the keys and options override. Before anything is
changed, the token endpoint must give a token for the keystore's certificate. Afterwards the service is asked for it: its token must be bound to the keystore's certificate. Exit code 1 when it is not, or with --dry-run
when the destination still uses another certificate than the keystore. The same command works on a real account and on
the landscape (there with NODE_EXTRA_CA_CERTS set to its root certificate).`,
    )
    .action(async (options: DeployCommandOptions) => {
      setExitCode(await deploy(context, options));
    });
}

async function deploy(context: CliContext, options: DeployCommandOptions): Promise<ExitCode> {
  const { level, json } = options;
  const dryRun = options.dryRun === true;
  const timing = { timeoutMs: options.timeout * 1000, now: context.now() };
  const inputs = await readInputs(context, options);
  const notes = [...inputs.desired.notes, ...checkUsable(inputs.identity, timing.now)];
  const token = await fetchToken(inputs.client, timing);
  const service = new DestinationService({ uri: inputs.uri, token, timeoutMs: timing.timeoutMs });
  const { clientId = '', tokenServiceURL = '' } = inputs.desired.properties;
  const trial = await tryKeystore({ identity: inputs.identity, clientId, tokenUrl: tokenServiceURL, ...timing });
  if (trial !== undefined) notes.push(trial);
  const report = await deployDestination({
    service,
    desired: inputs.desired,
    identity: inputs.identity,
    level,
    dryRun,
    now: timing.now,
  });
  print(context, { report, notes, uri: inputs.uri, dryRun, json: json === true });
  return report.findings.length === 0 ? 0 : 1;
}

interface DeployInputs {
  readonly desired: DesiredDestination;
  readonly identity: ClientIdentity;
  /** Client of the Destination Service itself. */
  readonly client: OAuthClient;
  readonly uri: string;
}

async function readInputs(context: CliContext, options: DeployCommandOptions): Promise<DeployInputs> {
  if (options.serviceKey === '-' && options.xsuaaKey === '-')
    throw new UsageFailure(
      'input-twice',
      'Standard input can be read once only.',
      'Give one of the two keys as a file.',
    );
  const definitionInput = await readInput(context, options.destination);
  const definition = readDefinition(definitionInput.text, options.destination);
  const keystoreFile =
    options.keystore ?? join('certificate', definition.properties['tokenService.KeyStoreLocation'] ?? 'keystore.pem');
  const xsuaa = options.xsuaaKey === undefined ? undefined : await readXsuaa(context, options.xsuaaKey);
  const desired = buildDesiredDestination({
    definition,
    keystoreFile: basename(keystoreFile),
    ...(xsuaa && { xsuaa }),
    ...(options.url !== undefined && { url: options.url }),
  });
  const identity = await readKeystoreFile(context, keystoreFile);
  const serviceKey = await readInput(context, options.serviceKey);
  const binding = selectBinding(readBindings(serviceKey.text), { purpose: 'destination', source: serviceKey.name });
  const uri = readServiceUri(binding);
  if (uri === undefined || !URL.canParse(uri))
    throw new Failure(
      'credentials-malformed',
      `"uri" in ${serviceKey.name} is no address.`,
      'Fetch the service key anew.',
    );
  return { desired, identity, client: readOAuthClient(binding), uri };
}

async function readXsuaa(context: CliContext, file: string): Promise<OAuthClient> {
  const input = await readInput(context, file);
  const client = readOAuthClient(selectBinding(readBindings(input.text), { purpose: 'xsuaa', source: input.name }));
  if (client.authentication.kind === 'certificate') return client;
  throw new Failure(
    'credentials-secret',
    `${input.name} has a client secret, no certificate: its "url" takes none.`,
    'Create the XSUAA key with -c \'{"credential-type":"x509"}\', or use the "cf env" output of the backend.',
  );
}

async function readKeystoreFile(context: CliContext, file: string): Promise<ClientIdentity> {
  if (!/\.(pem|crt|cer|txt)$/i.test(file))
    throw new UsageFailure(
      'keystore-format',
      `${file}: only keystores in PEM can be deployed.`,
      'Convert it: openssl pkcs12 -in keystore.p12 -out keystore.pem -nodes',
    );
  const { text } = await readInput(context, file);
  return readKeystore(text);
}

function print(
  context: CliContext,
  found: { report: DeployReport; notes: readonly string[]; uri: string; dryRun: boolean; json: boolean },
): void {
  const { report, notes, uri, dryRun, json } = found;
  if (json) {
    const ok = report.findings.length === 0;
    context.out(JSON.stringify({ ok, dryRun, service: uri, ...report, notes }, null, 2));
  } else
    for (const line of formatDeployReport({ report, notes, uri, dryRun, colour: context.colour })) context.out(line);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > 600)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 600.');
  return seconds;
}
