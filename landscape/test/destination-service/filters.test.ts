import { parseFilter, parseNameFilter } from '../../src/destination-service/filters';

const entry = (name: string, modifiedAt = 0): { name: string; modifiedAt: number } => ({ name, modifiedAt });

describe('parseFilter', () => {
  it('decodes the percent-encoded names of a list', () => {
    const { names } = parseFilter("Name in ('our-team%27s-app', 'workflow%20%28new%29')");
    expect(names).toEqual(["our-team's-app", 'workflow (new)']);
  });

  it('reads two quotes inside a prefix or suffix as one', () => {
    expect(parseFilter("startswith(Name, 'SAP_John''s')").matches(entry("SAP_John's_destination"), 0)).toBe(true);
    expect(parseFilter("endswith(Name,'John''s_destination')").matches(entry("SAP_John's_destination"), 0)).toBe(true);
    expect(parseFilter("startswith(Name, 'SAP_John''s')").matches(entry('SAP_Johns'), 0)).toBe(false);
  });

  it('counts the minutes of modifiedwithin back from now', () => {
    const filter = parseFilter("modifiedwithin('30', 'minutes')");
    expect(filter.matches(entry('a', 0), 30 * 60_000)).toBe(true);
    expect(filter.matches(entry('a', 0), 30 * 60_000 + 1)).toBe(false);
  });

  it.each(['1', '1440'])('accepts %s minutes', (number) => {
    expect(() => parseFilter(`modifiedwithin('${number}', 'minutes')`)).not.toThrow();
  });

  it.each([
    ["modifiedwithin('0', 'minutes')", 'must be from 1 to 1440'],
    ["modifiedwithin('1441', 'minutes')", 'must be from 1 to 1440'],
    ["modifiedwithin('2', 'hours')", "must be 'minutes'"],
    ['Name in ()', 'an empty item'],
    ['Name in (a)', 'a is no name in single quotes'],
    ["Name in ('a',)", 'an empty item'],
    ["Name in ('a''b')", 'is no name in single quotes'],
    ["Name in ('%E0%A4%A')", 'is not percent-encoded correctly'],
    ["URL in ('a')", 'is none of'],
    ["startswith(URL, 'a')", 'is none of'],
    ['', 'is none of'],
  ])('refuses %s', (expression, reason) => {
    expect(() => parseFilter(expression)).toThrow(reason);
  });
});

describe('parseNameFilter', () => {
  it('accepts a list of names and nothing else', () => {
    expect(parseNameFilter("Name in ('a')").names).toEqual(['a']);
    expect(() => parseNameFilter("startswith(Name, 'a')")).toThrow('can only be a list of names');
  });
});
