import type { ExitCode } from './context';
import type { Failure } from './failure';

/** The worst first. `error`: it does not work; `warning`: it will stop working or works by luck; `note`: worth knowing. */
export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** Something that a check found, in words for its reader. Never holds a secret. */
export interface Finding {
  /** Stable, kebab-case, e.g. `certificate-expired`. */
  readonly code: string;
  readonly severity: Severity;
  /** The hop, file or property, e.g. `token endpoint`. */
  readonly where: string;
  readonly message: string;
  /** An instruction. */
  readonly remedy: string;
}

/** Describes a refusal as a finding, for commands that look at several things and do not stop at the first. */
export function toFinding({ code, message, remedy }: Failure, where: string): Finding {
  return { code, severity: 'error', where, message, remedy };
}

/** Sorts by severity; within one severity the order stays. */
export function sortWorstFirst<T extends Finding>(findings: readonly T[]): T[] {
  return findings.toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
}

/** What a command that only looks exits with: notes alone are no reason for a script to stop. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  return findings.some(({ severity }) => severity !== 'note') ? 1 : 0;
}
