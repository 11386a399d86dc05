import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import type { CfIo } from '../cf/command/io';
import { serviceNames, type ServiceName } from '../journal';
import type { Fault } from '../listener';
import { behaviourNames, type BehaviourName } from './destination';
import { faultForms, parseFault } from './fault';
import { identityVerbs, type IdentityVerb } from './identity';
import { addIntegrationCommand, type IntegrationVerb } from './integration';

/** What `landscape` can do. @throws {ControlError} with a message for the user. */
export interface ControlActions {
  status(): Promise<void>;
  stop(service: ServiceName): Promise<void>;
  start(service: ServiceName): Promise<void>;
  fault(service: ServiceName, fault: Fault): Promise<void>;
  /** Without a service: everything. */
  clear(service: ServiceName | undefined): Promise<void>;
  requests(service: ServiceName | undefined): Promise<void>;
  /** With `fileOnly`: the path of the root certificate, for scripts. */
  trust(options: { readonly fileOnly: boolean }): Promise<void>;
  /** Prints the certificate for a signing request in a file. */
  sign(file: string, options: { readonly days: number }): Promise<void>;
  /** Lets certificate routes accept the self-signed client certificate in a file. */
  routerTrust(file: string): Promise<void>;
  users(): Promise<void>;
  /** Ends the logins and refresh tokens of a user. */
  revokeUser(name: string): Promise<void>;
  identity(verb: IdentityVerb): Promise<void>;
  integration(verb: IntegrationVerb): Promise<void>;
  destination(behaviour: BehaviourName, isOn: boolean): Promise<void>;
  /** Writes the newest bindings of an app into the files of its running instances. */
  deliverBindings(app: string): Promise<void>;
}

const DEFAULT_DAYS = 30;
const MAX_DAYS = 365;

/** A refusal of the `landscape` command in words for its user. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

export interface ProgramOptions {
  readonly io: Pick<CfIo, 'out' | 'err'>;
  readonly actions: ControlActions;
}

/**
 * Runs `landscape …argv` and returns its exit code: 1 for anything that is wrong with the command line or refused.
 * The client runs it with actions that only pass the command on, so that help and mistakes need no landscape.
 */
export async function runProgram(argv: readonly string[], { io, actions }: ProgramOptions): Promise<number> {
  try {
    await createProgram(io, actions).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (!(error instanceof ControlError)) throw error;
    io.err(`${error.message}\n`);
    return 1;
  }
}

function createProgram(io: ProgramOptions['io'], actions: ControlActions): Command {
  const program = new Command('landscape')
    .description('Looks at the running landscape and lets its services fail')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .showHelpAfterError()
    .exitOverride();
  program
    .command('status')
    .description('list services, faults, apps and routes')
    .action(() => actions.status());
  program
    .command('stop')
    .description('close the ports of a service')
    .addArgument(serviceArgument())
    .action((service: ServiceName) => actions.stop(service));
  program
    .command('start')
    .description('open them again')
    .addArgument(serviceArgument())
    .action((service: ServiceName) => actions.start(service));
  program
    .command('fault')
    .description('let a service fail')
    .addArgument(serviceArgument())
    .addArgument(new Argument('<fault>', faultForms).argParser(readFault))
    .action((service: ServiceName, fault: Fault) => actions.fault(service, fault));
  program
    .command('clear')
    .description('end the faults of a service, or of all')
    .addArgument(serviceArgument('[service]'))
    .action((service: ServiceName | undefined) => actions.clear(service));
  program
    .command('requests')
    .description('print the calls and TLS handshakes that a service, or all, have served, as JSON')
    .addArgument(serviceArgument('[service]'))
    .action((service: ServiceName | undefined) => actions.requests(service));
  program
    .command('trust')
    .description("tell how to make this system's browser trust the landscape's CA")
    .option('--file', 'print only the path of the root certificate, e.g. for NODE_EXTRA_CA_CERTS')
    .action(({ file }: { readonly file?: true }) => actions.trust({ fileOnly: file === true }));
  program
    .command('sign')
    .description(
      'issue a client certificate for a signing request, as a certificate authority that the platform trusts; the key stays where it is',
    )
    .argument('<request>', 'file with a certificate signing request (PEM), as openssl req -new makes it')
    .option('--days <days>', `validity, 1 to ${MAX_DAYS}`, readDays, DEFAULT_DAYS)
    .action((file: string, { days }: { readonly days: number }) => actions.sign(file, { days }));
  program
    .command('router')
    .description(
      'let certificate routes accept a self-signed client certificate, as the trust list of a custom domain does',
    )
    .addArgument(new Argument('<verb>').choices(['trust']))
    .argument('<certificate>', 'file with the certificate (PEM)')
    .action((_verb: string, file: string) => actions.routerTrust(file));
  const users = program.command('users').description('list the users who can log in; end their logins');
  users
    .command('list', { isDefault: true })
    .description('print names, passwords and role collections')
    .action(() => actions.users());
  users
    .command('revoke')
    .description('end the logins and the refresh tokens of a user; access tokens live on until they expire')
    .argument('<name>', 'name of the user')
    .action((name: string) => actions.revokeUser(name));
  program
    .command('identity')
    .description(
      "list the tenant's applications with their certificates; establish or remove the subaccount's trust in it",
    )
    .addArgument(new Argument('<verb>').choices(identityVerbs))
    .action((verb: IdentityVerb) => actions.identity(verb));
  program
    .command('destination')
    .description('let the Destination Service be as strict as the real one: off unless it is switched on')
    .addArgument(
      new Argument(
        '<behaviour>',
        'refuse token service URLs on localhost and in private networks; keep a cached token though its keystore was replaced',
      ).choices(behaviourNames),
    )
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .action((behaviour: BehaviourName, state: 'on' | 'off') => actions.destination(behaviour, state === 'on'));
  addIntegrationCommand(program, (verb) => actions.integration(verb));
  program
    .command('deliver-bindings')
    .description('write the newest bindings of an app into the files of its running instances, without a restart')
    .argument('<app>', 'an app with the feature file-based-vcap-services')
    .action((app: string) => actions.deliverBindings(app));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function serviceArgument(name = '<service>'): Argument {
  return new Argument(name, serviceNames.join(', ')).argParser((text: string): ServiceName => {
    const service = serviceNames.find((candidate) => candidate === text);
    if (service === undefined) throw new InvalidArgumentError(`The services are ${serviceNames.join(', ')}.`);
    return service;
  });
}

function readDays(text: string): number {
  const days = /^\d+$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MAX_DAYS) throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_DAYS}.`);
  return days;
}

function readFault(text: string): Fault {
  const fault = parseFault(text);
  if (fault === undefined) throw new InvalidArgumentError(`A fault is one of ${faultForms}.`);
  return fault;
}
