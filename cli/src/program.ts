import { Command, CommanderError } from 'commander';
import { addCall } from './commands/call';
import { addCertBundle } from './commands/cert-bundle';
import { addCertChain } from './commands/cert-chain';
import { addCertExtract } from './commands/cert-extract';
import { addCertInspect } from './commands/cert-inspect';
import { addCertJwks } from './commands/cert-jwks';
import { addCertNormalize } from './commands/cert-normalize';
import { addCertSelfSigned } from './commands/cert-self-signed';
import { addCertWatch } from './commands/cert-watch';
import { addDestinationDelete } from './commands/destination-delete';
import { addDestinationDeploy } from './commands/destination-deploy';
import { addDestinationExport } from './commands/destination-export';
import { addDestinationLint } from './commands/destination-lint';
import { addDestinationShow } from './commands/destination-show';
import { addDoctor } from './commands/doctor';
import { addToken } from './commands/token';
import type { CliContext, ExitCode } from './context';
import { Failure, UsageFailure } from './failure';
import { version } from '../package.json';

/** Runs the command line `mtls …argv` and returns its exit code; everything it prints goes through `context`. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, { context, json: argv.includes('--json') });
  }
}

function createProgram(context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const program = new Command('mtls')
    .version(version)
    .description('Certificates, keystores and destinations for mutual TLS on SAP BTP')
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.err(text.trimEnd()),
      getOutHasColors: () => context.colour,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(mtls --help lists the commands, mtls COMMAND --help its options)')
    .exitOverride();
  const cert = inherit(program, program.command('cert').description('Certificates, keys and keystores'));
  inherit(program, addCertExtract(cert, context, setExitCode));
  inherit(program, addCertInspect(cert, context, setExitCode));
  inherit(program, addCertNormalize(cert, context, setExitCode));
  inherit(program, addCertBundle(cert, context, setExitCode));
  inherit(program, addCertChain(cert, context, setExitCode));
  inherit(program, addCertSelfSigned(cert, context, setExitCode));
  inherit(program, addCertJwks(cert, context, setExitCode));
  inherit(program, addCertWatch(cert, context, setExitCode));
  const destination = inherit(program, program.command('destination').description('Destinations of the cockpit'));
  for (const add of [
    addDestinationLint,
    addDestinationDeploy,
    addDestinationShow,
    addDestinationExport,
    addDestinationDelete,
  ])
    inherit(program, add(destination, context, setExitCode));
  inherit(program, addToken(program, context, setExitCode));
  inherit(program, addCall(program, context, setExitCode));
  inherit(program, addDoctor(program, context, setExitCode));
  return program;
}

function inherit(program: Command, command: Command): Command {
  return command.copyInheritedSettings(program);
}

function reportError(error: unknown, { context, json }: { context: CliContext; json: boolean }): ExitCode {
  // commander has printed its message already; help and version end here too, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { code, message, remedy } =
    error instanceof Failure ? error : new Failure('unexpected', unexpectedMessage(error), 'Please report this.');
  if (json) context.out(JSON.stringify({ error: { code, message, remedy } }, null, 2));
  else context.err(`${message}\n  ${remedy}`);
  return error instanceof UsageFailure ? 2 : 1;
}

/** Name and place only: the message of a foreign error can quote what it failed on, e.g. a key. */
function unexpectedMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'Something went wrong that mtls does not know.';
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `mtls failed with ${error.name}${place === undefined ? '' : ` ${place.trim()}`}.`;
}
