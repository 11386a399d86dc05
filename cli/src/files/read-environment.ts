import { resolve } from 'node:path';
import type { CliContext } from '../context';
import { UsageFailure } from '../failure';
import { readInput, type Input } from './read-input';

/**
 * Reads the bindings of the app that this process runs in: VCAP_SERVICES_FILE_PATH, else VCAP_SERVICES.
 * @throws {UsageFailure} `input-missing` where neither is set.
 */
export async function readEnvironmentInput(context: CliContext): Promise<Input> {
  const file = context.env['VCAP_SERVICES_FILE_PATH'];
  if (file !== undefined && file !== '') return { ...(await readInput(context, resolve(file))), name: file };
  const text = context.env['VCAP_SERVICES'];
  if (text !== undefined && text !== '') return { text, name: 'VCAP_SERVICES' };
  throw new UsageFailure(
    'input-missing',
    'No input: there is no file argument, and neither VCAP_SERVICES_FILE_PATH nor VCAP_SERVICES is set.',
    'Give a file with the output of "cf service-key INSTANCE KEY" or "cf env APP", or - for standard input.',
  );
}
