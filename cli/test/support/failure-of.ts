import { Failure } from '../../src/failure';

/** What `action` refuses with; an error of another kind, or none, fails the test. */
export function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
