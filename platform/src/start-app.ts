import { ConfigError } from './config-error';
import { describeError } from './describe-error';

/**
 * Runs an app's start-up; when it fails, says why on standard error and exits with 1. A configuration or system error
 * (a port that is taken) is told in words, without a stack trace; anything else is a bug and comes with one.
 */
export async function startApp(name: string, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    process.stderr.write(`${name} cannot start. ${describeStartFailure(error)}\n`, () => process.exit(1));
  }
}

/** The part of the message after "cannot start". */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { message, code, stack } = describeError(error);
  switch (code) {
    case undefined:
      return stack ?? message;
    case 'EADDRINUSE':
      return `Another process uses the port: ${message}. Choose another PORT, or end that process.`;
    case 'EACCES':
    case 'EADDRNOTAVAIL':
      return `The app may not listen there: ${message}. Check PORT and HOST.`;
    default:
      return message;
  }
}
