import { setTimeout as delay } from 'node:timers/promises';

/** Polls until the condition holds; throws what it waited for when that takes longer than the limit. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await delay(20);
  }
}
