/** Tells that a step begins; the function that it returns tells how it ended. */
export type Progress = (step: string) => (outcome: 'done' | 'failed') => void;

export const noProgress: Progress = () => () => {};

/** Prints each step when it begins and its duration when it ends, e.g. `  XSUAA ... 0.2 s`. */
export function createProgress(out: (text: string) => void): Progress {
  return (step) => {
    const began = performance.now();
    out(`  ${step} ... `);
    return (outcome) => {
      const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`;
      out(`${outcome === 'done' ? seconds : `failed after ${seconds}`}\n`);
    };
  };
}

export async function runStep<T>(progress: Progress, step: string, action: () => Promise<T>): Promise<T> {
  const end = progress(step);
  try {
    const result = await action();
    end('done');
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}
