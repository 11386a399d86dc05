import { findJsonProblem } from '../../src/cf/command/json-problem';

const valid = [
  '{}',
  ' [ 1 , -2.5e+3, 0, true, false, null, "a\\u00e9\\n\\"" ] ',
  '"text"',
  '{"a": {"b": [[]]}, "": 0}',
  '"\u007f\u0085 is allowed"',
];

const invalid: readonly (readonly [string, number, number, string])[] = [
  ['{"a": 1,}', 1, 8, 'JSON has no comma before "}"'],
  ['{\n  "a": [\n    1,\n  ]\n}', 3, 6, 'JSON has no comma before "]"'],
  ['{a: 1}', 1, 2, 'expected a name in double quotes, found "a"'],
  ["{'a': 1}", 1, 2, 'expected a name in double quotes'],
  ['{"a" 1}', 1, 6, 'expected ":", found "1"'],
  ['{"a": yes}', 1, 7, 'expected a value, found "yes"'],
  ['{"a": 1', 1, 8, 'expected "," or "}", found the end of the text'],
  ['{"a": 1 "b": 2}', 1, 9, 'expected "," or "}"'],
  ['{"a": "x\ny"}', 1, 7, 'expected a value'],
  ['{"a": 01}', 1, 8, 'expected "," or "}", found "1"'],
  ['{} x', 1, 4, 'expected the end of the text, found "x"'],
  ['// no\n{}', 1, 1, 'expected a value'],
  ['', 1, 1, 'expected a value, found the end of the text'],
];

describe('findJsonProblem', () => {
  it.each(valid)('finds nothing in %j, as JSON.parse', (text) => {
    expect(() => void JSON.parse(text)).not.toThrow();
    expect(findJsonProblem(text)).toBeUndefined();
  });

  it.each(invalid)('finds the place in %j, which JSON.parse refuses too', (text, line, column, message) => {
    expect(() => void JSON.parse(text)).toThrow(/JSON/);
    const problem = findJsonProblem(text);
    expect(problem).toMatchObject({ line, column });
    expect(problem?.message).toContain(message);
  });
});
