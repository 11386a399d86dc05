import { Failure } from '../failure';
import type { Finding } from '../findings';

/** The steps of one call, in their order. */
export type Step = 'DNS' | 'proxy' | 'TCP' | 'TLS' | 'client certificate' | 'answer';

/** One step that was taken, for the reader who wants to see how far a call came. */
export interface Hop {
  /** Whose, e.g. `target` or `token endpoint`. */
  readonly party: string;
  readonly step: Step;
  readonly state: 'ok' | 'failed';
  readonly text: string;
  readonly milliseconds?: number;
}

export type RecordHop = (hop: Hop) => void;

/** A call that ended before an answer: its finding names the step, the cause and what to do. */
export class HopFailure extends Failure {
  readonly finding: Finding;
  /** What else looks wrong about the call. */
  readonly further: readonly Finding[];

  constructor(finding: Finding, further: readonly Finding[] = []) {
    super(finding.code, `${finding.where}: ${finding.message}`, finding.remedy);
    this.finding = finding;
    this.further = further;
  }
}
