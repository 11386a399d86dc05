import { ConfigError, ConfigProblems } from '../src/config-error';

describe('ConfigProblems', () => {
  it('throws nothing when nothing was added', () => {
    expect(() => new ConfigProblems().throwIfAny()).not.toThrow();
  });

  it('throws one error that lists every problem in the order in which it was found', () => {
    const problems = new ConfigProblems();
    problems.add('PORT is "x".');
    problems.add('No XSUAA is bound.');
    const error = catchError(() => problems.throwIfAny());
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual(['PORT is "x".', 'No XSUAA is bound.']);
    expect((error as ConfigError).message).toBe(
      'The configuration has 2 problems:\n  - PORT is "x".\n  - No XSUAA is bound.',
    );
  });

  it('counts a single problem in the singular', () => {
    expect(new ConfigError(['PORT is "x".']).message).toBe('The configuration has 1 problem:\n  - PORT is "x".');
  });
});

function catchError(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
