import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when `condition` holds, or rejects after 10 s. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${condition.toString()}`);
    await delay(20);
  }
}
