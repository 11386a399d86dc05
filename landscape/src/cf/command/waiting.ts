import type { Ui } from './ui';

const POLL_MS = 3000;

/** Runs an operation; with `--wait` it prints that `cf` waits and a dot a poll, and ends that line also on failure. */
export async function waitFor<T>(ui: Ui, options: { readonly wait: boolean }, operation: () => Promise<T>): Promise<T> {
  if (!options.wait) return operation();
  ui.write('Waiting for the operation to complete.');
  const dots = setInterval(() => ui.write('.'), POLL_MS);
  try {
    return await operation();
  } finally {
    clearInterval(dots);
    ui.write('\n\n');
  }
}
