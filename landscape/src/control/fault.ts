import type { Fault } from '../listener';

/** Parses a fault as the command line names it; undefined when it is none. */
export function parseFault(text: string): Fault | undefined {
  if (text === 'hang' || text === 'reset') return { kind: text };
  const status = /^status=([2-5]\d\d)$/.exec(text)?.[1];
  if (status !== undefined) return { kind: 'status', status: Number(status) };
  const [, amount, unit] = /^latency=(\d{1,6})(ms|s)$/.exec(text) ?? [];
  if (amount !== undefined) return { kind: 'latency', ms: Number(amount) * (unit === 's' ? 1000 : 1) };
  return undefined;
}

export const faultForms = 'hang, reset, status=503, latency=20ms';

export function formatFault(fault: Fault): string {
  switch (fault.kind) {
    case 'status':
      return `status=${fault.status}`;
    case 'latency':
      return `latency=${fault.ms}ms`;
    case 'hang':
    case 'reset':
      return fault.kind;
  }
  return fault satisfies never;
}
