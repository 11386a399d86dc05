import { formatTable, formatTableWithHeader } from '../../src/cf/command/table';

describe('formatTable', () => {
  it('pads every column but the last to its widest cell and three blanks', () => {
    expect(
      formatTable([
        ['name', 'plan', 'broker'],
        ['a-long-name', '', 'x'],
      ]),
    ).toEqual(['name          plan   broker', 'a-long-name          x']);
  });

  it('leaves blanks behind a name without a value', () => {
    expect(formatTable([['buildpacks:', '']])).toEqual(['buildpacks:   ']);
  });
});

describe('formatTableWithHeader', () => {
  it('styles the names of the header and none of its blanks', () => {
    const [header] = formatTableWithHeader([['', 'last operation', 'x']], (cell) => `<${cell}>`);
    expect(header).toBe('   <last operation>   <x>');
  });
});
