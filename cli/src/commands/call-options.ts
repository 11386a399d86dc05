import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext } from '../context';
import type { CallSettings } from '../probe/call-settings';
import { findProxy } from '../probe/proxy';
import { readTrustedAuthorities } from '../probe/trusted-authorities';

export interface CallOptions {
  readonly ca?: readonly string[];
  readonly timeout: number;
  readonly allowHttpLocalhost?: true;
}

/** Adds the options that every command with calls has. */
export function addCallOptions(command: Command): Command {
  return command
    .option('--ca <FILE>', 'trust servers of the CAs in this file, too (repeatable)', collect)
    .option('--timeout <SECONDS>', 'time that each step of a call may take', readSeconds, 30)
    .option('--allow-http-localhost', 'send secrets and tokens over plain http to this computer itself');
}

export async function readCallSettings(context: CliContext, options: CallOptions): Promise<CallSettings> {
  return {
    timeoutMs: options.timeout * 1000,
    trusted: await readTrustedAuthorities(context, options.ca ?? []),
    proxyFor: (url) => findProxy(url, context.env),
    allowsHttpToLocalhost: options.allowHttpLocalhost === true,
    now: context.now,
  };
}

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > 600)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 600.');
  return seconds;
}

export function readDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 0) throw new InvalidArgumentError('It must be a whole number of days.');
  return days;
}
