import { Failure } from '../src/failure';
import { exitCodeOf, sortWorstFirst, toFinding, type Finding, type Severity } from '../src/findings';

const finding = (severity: Severity, code = severity as string): Finding => ({
  code,
  severity,
  where: 'file',
  message: 'm',
  remedy: 'r',
});

describe('findings', () => {
  it('come worst first, equal ones in the order in which they were found', () => {
    const found = [finding('note'), finding('error', 'a'), finding('warning'), finding('error', 'b')];
    expect(sortWorstFirst(found).map(({ code }) => code)).toEqual(['a', 'b', 'warning', 'note']);
  });

  it('stop a script when one of them is more than a note', () => {
    expect(exitCodeOf([])).toBe(0);
    expect(exitCodeOf([finding('note')])).toBe(0);
    expect(exitCodeOf([finding('note'), finding('warning')])).toBe(1);
    expect(exitCodeOf([finding('error')])).toBe(1);
  });

  it('take over what a failure says', () => {
    expect(toFinding(new Failure('chain-gap', 'm', 'r'), 'key.txt')).toEqual({
      code: 'chain-gap',
      severity: 'error',
      where: 'key.txt',
      message: 'm',
      remedy: 'r',
    });
  });
});
