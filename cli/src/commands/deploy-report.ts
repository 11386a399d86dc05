import type { Action, Change, DeployReport } from '../destination/deploy-destination';
import { readConfirmation } from '../probe/claims';
import { createStyles, formatDaysLeft, formatPairs, type Styles } from './styles';

export interface DeployOutput {
  readonly report: DeployReport;
  readonly notes: readonly string[];
  /** Address of the Destination Service. */
  readonly uri: string;
  readonly dryRun: boolean;
  readonly colour: boolean;
}

/** The lines that tell a reader what a deployment did, or would do, and whether the destination works. */
export function formatDeployReport({ report, notes, uri, dryRun, colour }: DeployOutput): string[] {
  const styles = createStyles(colour);
  const { destination, keystore } = report;
  const what = describeActions({ report, dryRun });
  return [
    `Destination Service ${uri}, level ${destination.level}${dryRun ? `; ${styles.bold('dry run, nothing was changed')}` : ''}`,
    `Keystore ${styles.bold(keystore.name)}: ${what.keystore}`,
    ...formatPairs([
      ['subject', keystore.certificate.subject],
      ['valid to', `${keystore.certificate.notAfter}, ${formatDaysLeft(keystore.certificate.daysLeft)}`],
      ['x5t#S256', keystore.certificate['x5t#S256']],
      ...(keystore.former === undefined
        ? []
        : [['formerly', `${keystore.former['x5t#S256']} (${keystore.former.subject})`] as const]),
    ]),
    `Destination ${styles.bold(destination.name)}: ${what.destination}`,
    ...destination.changes.map((change) => `  ${formatChange(change)}`),
    ...notes.map((note) => `${styles.yellow('Note')}  ${note}`),
    ...formatOutcome(report, { styles, dryRun }),
  ];
}

function describeActions({ report, dryRun }: { report: DeployReport; dryRun: boolean }): {
  keystore: string;
  destination: string;
} {
  const keystore = report.keystore.action === 'create' ? 'created' : 'replaced';
  const done: Readonly<Record<Action, string>> = { create: 'created', update: 'updated', none: 'unchanged' };
  const destination = done[report.destination.action];
  if (!dryRun) return { keystore, destination };
  return {
    keystore: `would be ${keystore}`,
    destination: destination === 'unchanged' ? 'would stay unchanged' : `would be ${destination}`,
  };
}

function formatChange({ property, from, to }: Change): string {
  if (from === undefined) return `+ ${property}=${to ?? ''}`;
  if (to === undefined) return `- ${property}=${from}`;
  return `~ ${property}: ${from} -> ${to}`;
}

function formatOutcome(
  { findings, claims, destination }: DeployReport,
  { styles, dryRun }: { styles: Styles; dryRun: boolean },
): string[] {
  const problems = findings.flatMap(({ where, message, remedy }) => [
    `${styles.red('Problem')}  ${where}: ${message}`,
    `  ${remedy}`,
  ]);
  if (problems.length > 0 || dryRun || claims === undefined) return problems;
  const { cid, exp } = claims;
  return [
    `${styles.green('It works:')} a find of ${destination.name} returns a token bound to the keystore's certificate.`,
    ...formatPairs([
      ['client', typeof cid === 'string' ? cid : 'not said'],
      ['cnf x5t#S256', readConfirmation(claims) ?? 'none'],
      ['expires', typeof exp === 'number' ? new Date(exp * 1000).toISOString() : 'not said'],
    ]),
  ];
}
