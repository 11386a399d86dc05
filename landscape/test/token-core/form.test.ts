import { Form } from '../../src/token-core/form';

describe('Form', () => {
  it('decodes what a form encodes', () => {
    const form = Form.parse('client_id=sb-mtlsxsuaa%21t1&client_secret=a%2Bb%3D%24+c');
    expect(form.get('client_id')).toBe('sb-mtlsxsuaa!t1');
    expect(form.get('client_secret')).toBe('a+b=$ c');
  });

  it('takes a parameter without a value as omitted', () => {
    expect(Form.parse('app_tid=&scope').get('app_tid')).toBeUndefined();
    expect(Form.parse('app_tid=&scope').get('scope')).toBeUndefined();
  });

  it.each(['a=1&a=2', 'a=1&a=1', 'a=&a=1', 'a=1&b=2&%61=3'])('refuses the repeated parameter in %s', (body) => {
    expect(() => Form.parse(body)).toThrow(/^Parameter a is repeated$/);
  });

  it('takes a parameter that may be repeated in the order of its values, without empty ones', () => {
    const form = Form.parse('resource=b&a=1&resource=&resource=a', ['resource']);
    expect(form.getAll('resource')).toEqual(['b', 'a']);
    expect(form.get('resource')).toBe('b');
    expect(form.getAll('scope')).toEqual([]);
    expect(() => Form.parse('resource=b&a=1&a=1', ['resource'])).toThrow(/^Parameter a is repeated$/);
  });

  it('survives broken percent encoding', () => {
    expect(Form.parse('a=%&b=%zz&c=%ff').get('a')).toBe('%');
  });
});
