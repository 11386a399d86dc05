/**
 * Fails with an error of code `ETIMEDOUT` when `act` takes longer.
 * @param act is told by the signal to let go of what it holds.
 */
export async function withDeadline<T>(act: (signal: AbortSignal) => Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('time is over'), { code: 'ETIMEDOUT' }));
      deadline.abort();
    }, timeoutMs);
  });
  const acting = act(deadline.signal);
  // After the deadline nobody listens any more.
  acting.catch(() => {});
  try {
    return await Promise.race([acting, over]);
  } finally {
    clearTimeout(timer);
  }
}
