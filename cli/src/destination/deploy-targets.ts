import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import { UsageFailure } from '../failure';
import type { DeploySource } from './deploy-job';
import { levels } from './destination-service';

const text = v.pipe(v.string(), v.nonEmpty());
const targetSchema = v.strictObject({
  'service-key': v.optional(text),
  destination: v.optional(text),
  name: v.optional(text),
  keystore: v.optional(text),
  'xsuaa-key': v.optional(text),
  url: v.optional(text),
  level: v.optional(v.picklist(levels)),
});
const planSchema = v.strictObject({
  defaults: v.optional(targetSchema, {}),
  targets: v.pipe(v.array(targetSchema), v.minLength(1)),
});
type Target = v.InferOutput<typeof targetSchema>;

/**
 * Reads a file of targets (YAML or JSON): what the options of `destination deploy` are called, for each target, with
 * `defaults` for all. Paths in it start from its own folder.
 * @param given what the command line says, where neither does.
 * @throws {UsageFailure} `targets-file` naming the place.
 */
export function readTargets(content: string, file: string, given: Partial<DeploySource>): DeploySource[] {
  const parsed = v.safeParse(planSchema, parse(content, file));
  if (!parsed.success) throw malformed(file, parsed.issues[0]);
  const { defaults, targets } = parsed.output;
  return targets.map((target, index) => toSource({ ...defaults, ...target }, { file, given, index }));
}

function toSource(
  target: Target,
  { file, given, index }: { file: string; given: Partial<DeploySource>; index: number },
): DeploySource {
  const path = (name: string | undefined): string | undefined =>
    name === undefined || name === '-' || isAbsolute(name) ? name : join(dirname(file), name);
  const serviceKey = path(target['service-key']) ?? given.serviceKey;
  const destination = path(target.destination) ?? given.destination;
  if (serviceKey === undefined || destination === undefined)
    throw new UsageFailure(
      'targets-file',
      `${file}: target ${index + 1} has no "${serviceKey === undefined ? 'service-key' : 'destination'}".`,
      'Give it with the target, under "defaults", or as an option.',
    );
  return {
    serviceKey,
    destination,
    name: target.name ?? given.name,
    keystore: path(target.keystore) ?? given.keystore,
    xsuaaKey: path(target['xsuaa-key']) ?? given.xsuaaKey,
    url: target.url ?? given.url,
    level: target.level ?? given.level,
  };
}

function parse(content: string, file: string): unknown {
  try {
    return parseYaml(content);
  } catch {
    throw new UsageFailure('targets-file', `${file} is no YAML.`, 'Check its indentation; JSON is fine, too.');
  }
}

function malformed(file: string, issue: v.BaseIssue<unknown>): UsageFailure {
  const place = v.getDotPath(issue) ?? 'the whole file';
  return new UsageFailure(
    'targets-file',
    `${file}: ${place} is not as it must be.`,
    'It holds "targets", a list, and maybe "defaults"; each with service-key, destination, name, keystore, xsuaa-key, url, level.',
  );
}
