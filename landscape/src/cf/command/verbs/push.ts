import { resolveApplications } from '../../manifest';
import { diffManifest } from '../../manifest/diff';
import { isObject } from '../../manifest/json-shape';
import { describeExistingApp } from '../push/existing-app';
import { pushApp } from '../push/push-app';
import { checkPushFlags, pushFlags, type PushFlags } from '../push/push-flags';
import { planPush, type PushPlan } from '../push/push-plan';
import { placeOf } from '../sentences';
import { defineVerb, type CfRun } from '../verb';

export const push = defineVerb({
  name: 'push',
  alias: 'p',
  description: 'Push a new app or sync changes to an existing app',
  usage: [
    'push APP_NAME [-b BUILDPACK_NAME] [-c COMMAND] [-f MANIFEST_PATH | --no-manifest] [--no-start] [--no-wait]',
    '   [-i NUM_INSTANCES] [-k DISK] [-l LOG_RATE_LIMIT] [-m MEMORY] [-p PATH] [-s STACK] [-t HEALTH_TIMEOUT]',
    '   [-u (process | port | http)] [--endpoint PATH] [--no-route | --random-route] [--redact-env]',
    '   [--strategy rolling] [--max-in-flight N] [--var KEY=VALUE]... [--vars-file VARS_FILE_PATH]...',
  ],
  environment: [['CF_STARTUP_TIMEOUT=5', 'Max wait time for app instance startup, in minutes']],
  seeAlso: ['app', 'apps', 'create-service', 'logs', 'ssh', 'start'],
  requires: 'space',
  required: [],
  optional: ['APP_NAME'],
  flags: pushFlags,
  async execute({ flags, args }, run) {
    checkPushFlags(flags);
    const plan = await planPush({ name: args.APP_NAME, flags, cwd: run.cwd });
    await applySettings(run, plan, flags);
    for (const application of plan.applications) await pushApp(run, application, flags);
  },
});

async function applySettings(run: CfRun, { manifest, applications }: PushPlan, flags: PushFlags): Promise<void> {
  const { ui, controller } = run;
  const { org, space, user } = placeOf(run);
  const what = applications.length === 1 ? 'app' : 'apps';
  const names = applications.map(({ name }) => name).join(', ');
  ui.say(`Pushing ${what} ${ui.format`${names} to org ${org} / space ${space} as ${user}...`}`);
  if (manifest !== undefined) ui.say(ui.format`Applying manifest file ${manifest.file}...`);
  const specs = resolveApplications(applications, manifest?.source);
  if (manifest !== undefined) showDiff(run, { manifest, applications }, flags);
  await controller.applyManifest(specs);
  if (manifest !== undefined) ui.say('Manifest applied');
}

function showDiff(
  { ui, controller }: CfRun,
  { manifest, applications }: Required<PushPlan>,
  { redactEnv }: PushFlags,
): void {
  ui.say('\nUpdating with these attributes...');
  const root = manifest.source.value;
  const version = isObject(root) ? root['version'] : undefined;
  const lines = diffManifest({
    applications: applications.map(({ attributes }) => (redactEnv ? redact(attributes) : attributes)),
    existing: (name) => {
      const existing = describeExistingApp(controller, name);
      return existing && redactEnv ? redact(existing) : existing;
    },
    ...(version !== undefined && { version }),
  });
  const styles = { '+': ui.style.added, '-': ui.style.removed, ' ': (text: string) => text };
  for (const { mark, text } of lines) ui.say(styles[mark](`${mark} ${text}`));
}

function redact(attributes: PushPlan['applications'][number]['attributes']): typeof attributes {
  const { env } = attributes;
  if (!isObject(env)) return attributes;
  return { ...attributes, env: Object.fromEntries(Object.keys(env).map((name) => [name, '<redacted>'])) };
}
