import { findJsonBlocks } from '../../src/service-key/json-blocks';
import { failureOf } from '../support/failure-of';
import { cfEnvOutput, cfServiceKeyOutput } from '../support/credentials';

describe('findJsonBlocks', () => {
  it('finds a bare JSON object, pretty or on one line', () => {
    expect(findJsonBlocks('{"a":{"b":"}"}}')).toEqual([{ value: { a: { b: '}' } }, line: 1 }]);
    expect(findJsonBlocks('\n{\n "a": "\\"{"\n}\n')).toEqual([{ value: { a: '"{' }, line: 2 }]);
  });

  it('finds the object below the heading of cf service-key', () => {
    expect(findJsonBlocks(cfServiceKeyOutput('mtlsXsuaa', { clientid: 'a' }))).toEqual([
      { value: { credentials: { clientid: 'a' } }, line: 3 },
    ]);
  });

  it('finds both objects in the output of cf env and passes over what is no JSON', () => {
    const blocks = findJsonBlocks(cfEnvOutput({ xsuaa: [] }));
    expect(blocks.map(({ value }) => Object.keys(value))).toEqual([['xsuaa'], ['application_name', 'limits']]);
  });

  it('reads CRLF line ends', () => {
    expect(findJsonBlocks(cfEnvOutput({}).replaceAll('\n', '\r\n'))).toHaveLength(2);
  });

  it.each([
    ['json-missing', 'Getting key…\nFAILED\n', 'no JSON object'],
    ['json-missing', '["a"]', 'no JSON object'],
    ['json-damaged', 'x\n{"key": "SECRET', 'begins on line 2'],
    ['json-damaged', '{"key": "SECRET",}', 'begins on line 1'],
  ])('refuses with %s and never quotes the content', (code, text, message) => {
    expect(failureOf(() => findJsonBlocks(text))).toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`^(?!.*SECRET).*${message}`)) as string,
    });
  });

  it('takes no quadratic time on 5 MB of braces', () => {
    const started = performance.now();
    expect(() => findJsonBlocks('{\n'.repeat(2_500_000))).toThrow('cannot be parsed');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
