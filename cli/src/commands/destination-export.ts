import { basename, dirname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { exportFormats, formatDestination, type ExportFormat } from '../destination/format-destination';
import { isSecret } from '../destination/property-names';
import { writeOwnFiles } from '../files/write-own-files';
import { addServiceOptions, findStored, openServiceOf, type ServiceOptions } from './service-options';

interface ExportOptions extends ServiceOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Adds `destination export`: a destination as a file that the cockpit and `destination deploy` take. */
export function addDestinationExport(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  const command = destination
    .command('export')
    .description('write a destination as the cockpit imports it')
    .argument('<NAME>', 'name of the destination');
  return addServiceOptions(command)
    .addOption(new Option('--format <FORMAT>', 'how to write it').choices(exportFormats).default('properties'))
    .option('--out <FILE>', 'file to write (default: standard output)')
    .option('--force', 'overwrite a file that mtls did not write')
    .addOption(new Option('--json', 'write JSON, and with --out say in JSON what was written').conflicts('format'))
    .addHelpText(
      'after',
      `
Examples:
  mtls destination export destination_to_mtlsapp --service-key destination-key.txt > destination_to_mtlsapp
  mtls destination export destination_to_mtlsapp --service-key destination-key.txt --format yaml --out destination.yaml

Where a secret was stands the placeholder that the cockpit writes, too; keystores are not exported. Without --level the one
that an application gets is written: that of the instance before that of the subaccount.`,
    )
    .action(async (name: string, options: ExportOptions) => {
      setExitCode(await exportDestination(context, name, options));
    });
}

async function exportDestination(context: CliContext, name: string, options: ExportOptions): Promise<ExitCode> {
  const { service } = await openServiceOf(context, options);
  const [{ properties, level }] = await findStored(service, name, options.level);
  const json = options.json === true;
  const content = formatDestination(properties, json ? 'json' : options.format);
  if (options.out === undefined) context.out(content.trimEnd());
  else {
    const path = resolve(context.cwd, options.out);
    const [file] = await writeOwnFiles(dirname(path), [{ name: basename(path), content, mode: 0o644 }], {
      force: options.force === true,
    });
    if (json) context.out(JSON.stringify({ name, level, file }, null, 2));
    else context.out(`${name} of the ${level}: ${file?.path ?? path} ${file?.state ?? ''}`);
  }
  const secrets = Object.keys(properties).filter((property) => isSecret(property));
  if (secrets.length > 0) context.err(`Note  not exported, a placeholder stands there: ${secrets.join(', ')}`);
  return 0;
}
