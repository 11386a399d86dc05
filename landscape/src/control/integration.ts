import { X509Certificate } from 'node:crypto';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { CloudIntegration } from '../cloud-integration/cloud-integration';
import type { Flow } from '../cloud-integration/flows';
import { DEFAULT_ROLE } from '../cloud-integration/instance-parameters';
import { portOf, type LandscapeSettings } from '../settings';
import { formatTable } from './table';

/** What an administrator of the Cloud Integration tenant can do. */
export type IntegrationVerb =
  | { readonly verb: 'flows' }
  | { readonly verb: 'deploy'; readonly flow: Flow }
  | { readonly verb: 'undeploy'; readonly path: string }
  | { readonly verb: 'trial'; readonly isOn: boolean }
  | { readonly verb: 'roots' };

/** Adds `landscape integration …` to the program. */
export function addIntegrationCommand(program: Command, act: (verb: IntegrationVerb) => Promise<void>): void {
  const command = program
    .command('integration')
    .description('look at the Cloud Integration tenant: its flows, and whose client certificates reach them');
  command
    .command('flows')
    .description('list the integration flows with their addresses and the user role that each demands')
    .action(() => act({ verb: 'flows' }));
  command
    .command('deploy')
    .description('deploy a flow that answers with what it was sent, or change the role of one')
    .addArgument(pathArgument())
    .option('--role <role>', 'the user role that its sender adapter demands', readRole, DEFAULT_ROLE)
    .action((path: string, { role }: { readonly role: string }) => act({ verb: 'deploy', flow: { path, role } }));
  command
    .command('undeploy')
    .description('undeploy a flow')
    .addArgument(pathArgument())
    .action((path: string) => act({ verb: 'undeploy', path }));
  command
    .command('trial')
    .description('make it a trial tenant, on which client certificates do not work')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .action((state: 'on' | 'off') => act({ verb: 'trial', isOn: state === 'on' }));
  command
    .command('roots')
    .description('print the root certificates that the load balancer trusts, as PEM')
    .action(() => act({ verb: 'roots' }));
}

function pathArgument(): Argument {
  return new Argument('<path>', 'its path, e.g. /http/orders').argParser((path: string) => {
    if (/^\/http(?:\/[\w.-]+)+$/.test(path)) return path;
    throw new InvalidArgumentError('It begins with /http/, with letters, digits, . - and _ behind that.');
  });
}

function readRole(role: string): string {
  if (/^[\w.-]{1,64}$/.test(role)) return role;
  throw new InvalidArgumentError('A role has 1 to 64 letters, digits, . - and _.');
}

export interface IntegrationContext {
  readonly settings: Pick<LandscapeSettings, 'portBase'>;
  readonly cloudIntegration: Pick<CloudIntegration, 'flows' | 'trustedRoots' | 'setTrial'>;
}

/** Does it, and returns what to print. */
export function runIntegrationVerb(
  command: IntegrationVerb,
  { settings, cloudIntegration }: IntegrationContext,
): string {
  const { flows, trustedRoots, setTrial } = cloudIntegration;
  const url = `https://localhost:${portOf(settings, 'cloudIntegration')}`;
  if (command.verb === 'flows') return formatFlows(flows.list(), url);
  if (command.verb === 'roots') return trustedRoots.map(formatRoot).join('');
  if (command.verb === 'deploy') {
    const { flow } = command;
    flows.deploy(flow);
    return `${url}${flow.path} is deployed. It demands the user role ${flow.role}.\n`;
  }
  if (command.verb === 'undeploy')
    return flows.undeploy(command.path) ? `${command.path} is undeployed.\n` : `There is no flow ${command.path}.\n`;
  setTrial(command.isOn);
  return command.isOn
    ? 'This is a trial tenant now: it answers client certificates with 500. Client id and secret, and tokens, work.\n'
    : 'This is no trial tenant any more: client certificates work.\n';
}

function formatFlows(flows: readonly Flow[], url: string): string {
  if (flows.length === 0) return 'No flow is deployed. Deploy one: landscape integration deploy /http/echo\n';
  return `${formatTable([['address', 'user role'], ...flows.map(({ path, role }) => [`${url}${path}`, role])])}\n`;
}

/** openssl and `mtls` skip what stands before a block. */
function formatRoot(pem: string): string {
  const { subject, validTo } = new X509Certificate(pem);
  return `# ${subject.split('\n').join(', ')}\n# until ${new Date(validTo).toISOString()}\n${pem.trimEnd()}\n`;
}
