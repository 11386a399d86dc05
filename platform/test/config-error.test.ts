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

  it('collects the problems of a reader that throws them itself, and returns what a good reader returns', () => {
    const problems = new ConfigProblems();
    const fail = (): never => {
      throw new ConfigError(['Not JSON.', 'Not readable.']);
    };
    expect(problems.collect(() => 5)).toBe(5);
    expect(problems.collect(fail)).toBeUndefined();
    expect(() => problems.throwIfAny()).toThrow('- Not JSON.\n  - Not readable.');
  });

  it('does not take a bug in a reader for a problem of the configuration', () => {
    const fail = (): never => {
      throw new TypeError('bug');
    };
    expect(() => new ConfigProblems().collect(fail)).toThrow(TypeError);
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
