import { createColors } from 'picocolors';
import type { CertificateFacts } from '../pki/certificate';

/** Colours as this output takes them. */
export type Styles = ReturnType<typeof createColors>;

export function createStyles(colour: boolean): Styles {
  return createColors(colour);
}

/** Two columns, the first padded to the widest, or to `least` characters. */
export function formatPairs(pairs: ReadonlyArray<readonly [string, string]>, indent = 2, least = 0): string[] {
  const width = Math.max(least, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${' '.repeat(indent)}${name.padEnd(width)}  ${value}`.trimEnd());
}

/** The lines that describe one certificate to a reader. */
export function formatCertificate(facts: CertificateFacts, styles: Styles): string[] {
  return [
    `  ${styles.bold(facts.role)}`,
    ...formatPairs(
      [
        ['subject', facts.subject],
        ['issuer', facts.role === 'root' || facts.issuer === facts.subject ? 'itself' : facts.issuer],
        ['valid', `${facts.notBefore} to ${facts.notAfter}, ${formatDaysLeft(facts.daysLeft)}`],
        ['key', facts.key],
        ['x5t#S256', facts['x5t#S256']],
      ],
      4,
    ),
  ];
}

export function formatDaysLeft(days: number): string {
  if (days < 0) return 'over';
  return days === 1 ? '1 day left' : `${days} days left`;
}

/** Puts an empty line in front, where there is something at all. */
export function separated(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}
