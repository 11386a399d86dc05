import type { Finding, Severity } from '../findings';
import type { Styles } from './styles';

const WIDTH = Math.max(...['error', 'warning', 'note'].map((text) => text.length));

/** The lines that tell findings to a reader: severity, code and place, then what it is and what to do. */
export function formatFindings(findings: readonly Finding[], styles: Styles): string[] {
  return findings.flatMap(({ severity, code, where, message, remedy }) => [
    `${colours[severity](styles)(severity.padEnd(WIDTH))}  ${code}  ${styles.dim(where)}`,
    `  ${message}`,
    `  ${remedy}`,
  ]);
}

const colours: Readonly<Record<Severity, (styles: Styles) => (text: string) => string>> = {
  error: ({ red }) => red,
  warning: ({ yellow }) => yellow,
  note: ({ cyan }) => cyan,
};
