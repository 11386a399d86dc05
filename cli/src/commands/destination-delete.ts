import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { levels, type DestinationService, type Level } from '../destination/destination-service';
import { KEYSTORE } from '../destination/property-names';
import { Failure, UsageFailure } from '../failure';
import { addCallOptions } from './call-options';
import { findStored, openServiceOf, type ServiceOptions } from './service-options';

interface DeleteOptions extends ServiceOptions {
  readonly level: Level;
  readonly withKeystore?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Adds `destination delete`: one destination, and its keystore if nothing else uses it. */
export function addDestinationDelete(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  const command = destination
    .command('delete')
    .description('delete one destination, on demand with its keystore')
    .argument('<NAME>', 'name of the destination')
    .requiredOption('--service-key <FILE>', 'service key of the Destination Service instance; - reads standard input')
    .addOption(new Option('--level <LEVEL>', 'where it is').choices(levels).default('subaccount'))
    .option('--with-keystore', 'delete its keystore, too, unless another destination of the level uses it')
    .option('--yes', 'do not ask');
  return addCallOptions(command)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls destination delete destination_to_mtlsapp --service-key destination-key.txt
  mtls destination delete destination_to_mtlsapp --service-key destination-key.txt --level instance --with-keystore --yes

Deletes what is named, on the level that is named, and nothing else. Without a terminal it deletes only with --yes.`,
    )
    .action(async (name: string, options: DeleteOptions) => {
      setExitCode(await deleteDestination(context, name, options));
    });
}

async function deleteDestination(context: CliContext, name: string, options: DeleteOptions): Promise<ExitCode> {
  const { level } = options;
  const { service, uri } = await openServiceOf(context, options);
  const [{ properties }] = await findStored(service, name, level);
  const keystore = options.withKeystore === true ? properties[KEYSTORE] : undefined;
  if (keystore !== undefined) await refuseSharedKeystore(service, { name, keystore, level });
  const what = `destination ${name}${keystore === undefined ? '' : ` and keystore ${keystore}`} of the ${level} (${uri})`;
  await confirm(context, what, options.yes === true);
  const deleted = await service.deleteDestination(level, name);
  const keystoreDeleted = keystore === undefined ? undefined : await service.deleteKeystore(level, keystore);
  if (options.json === true)
    context.out(
      JSON.stringify(
        {
          service: uri,
          level,
          destination: { name, result: deleted },
          ...(keystore && { keystore: { name: keystore, result: keystoreDeleted } }),
        },
        null,
        2,
      ),
    );
  else context.out(`Deleted: ${what}.`);
  return 0;
}

async function refuseSharedKeystore(
  service: DestinationService,
  { name, keystore, level }: { name: string; keystore: string; level: Level },
): Promise<void> {
  const users = (await service.listDestinations(level)).filter((one) => one.keystore === keystore && one.name !== name);
  if (users.length === 0) return;
  throw new Failure(
    'keystore-in-use',
    `The keystore ${keystore} is used by ${users.map((one) => one.name).join(', ')}, too. Nothing was deleted.`,
    'Delete the destination without --with-keystore.',
  );
}

async function confirm(context: CliContext, what: string, isSure: boolean): Promise<void> {
  if (isSure) return;
  if (context.ask === undefined)
    throw new UsageFailure(
      'confirmation-missing',
      `Nobody can be asked whether to delete ${what}.`,
      'Say so with --yes.',
    );
  const answer = await context.ask(`Delete ${what}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new Failure('not-confirmed', 'Nothing was deleted.', 'Answer y, or say so with --yes.');
}
