import type { Finding, Severity } from '../../findings';
import type { DestinationEntry } from '../flat-destinations';
import { isPlaceholder } from '../property-names';

/** One rule: what it finds wrong with a destination. */
export type Rule = (destination: DestinationUnderLint) => Finding[];

type Trouble = readonly [code: string, message: string, remedy: string];

/** A destination as the rules look at it. */
export class DestinationUnderLint {
  readonly entry: DestinationEntry;

  constructor(entry: DestinationEntry) {
    this.entry = entry;
  }

  /** The value; undefined where it is absent, a placeholder of an export, or filled in at deployment (`${…}`, `~{…}`). */
  value(name: string): string | undefined {
    const value = this.entry.properties[name];
    return value === undefined || isPlaceholder(value) || /[$~]\{/.test(value) ? undefined : value;
  }

  /** Whether there is something, also where nobody knows yet what. */
  has(name: string): boolean {
    return (this.entry.properties[name] ?? '').trim() !== '';
  }

  url(name: string): URL | undefined {
    const value = this.value(name);
    return value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
  }

  error(property: string, trouble: Trouble): Finding {
    return this.#finding('error', property, trouble);
  }

  warning(property: string, trouble: Trouble): Finding {
    return this.#finding('warning', property, trouble);
  }

  note(property: string, trouble: Trouble): Finding {
    return this.#finding('note', property, trouble);
  }

  #finding(severity: Severity, property: string, [code, message, remedy]: Trouble): Finding {
    return { code, severity, where: `${this.entry.where}, ${property}`, message, remedy };
  }
}
