import { randomUUID } from 'node:crypto';
import { BrokerError } from '../broker';
import { CloudFoundryError } from './cloud-foundry-error';

/** A failed asynchronous job, as `cf` reports it: `Job (GUID) failed: DETAIL`. */
export function failedJob(detail: string, cause?: unknown): CloudFoundryError {
  return new CloudFoundryError('job-failed', `Job (${randomUUID()}) failed: ${detail}`, { cause });
}

/** What Cloud Foundry says of a broker's refusal; an error that is none passes unchanged. */
export function describeBrokerError(error: unknown): string {
  if (error instanceof BrokerError) return `Service broker error: ${error.message}`;
  throw error;
}
