import { ExpiringStore } from '../../src/token-core/expiring-store';

let now = 0;
const create = () => new ExpiringStore<string>(() => now);
beforeEach(() => {
  now = 1_000_000;
});

describe('ExpiringStore', () => {
  it('finds a value until its time is over', () => {
    const store = create();
    store.add('name', 'value', 60);
    now += 59_999;
    expect(store.find('name')).toBe('value');
    now += 1;
    expect(store.find('name')).toBeUndefined();
    expect(create().find('name')).toBeUndefined();
  });

  it('lets a value be taken once, and never after its time', () => {
    const store = create();
    store.add('once', 'value', 60);
    store.add('late', 'value', 60);
    expect([store.take('once'), store.take('once')]).toEqual(['value', undefined]);
    now += 60_000;
    expect(store.take('late')).toBeUndefined();
  });

  it('forgets what it is told to, and names what a condition holds for, the oldest first', () => {
    const store = create();
    for (const name of ['b', 'a', 'c']) store.add(name, `value ${name}`, 60);
    expect(store.namesWhere((value) => value !== 'value c')).toEqual(['b', 'a']);
    store.delete('a');
    expect(['a', 'b', 'c'].map((name) => store.find(name))).toEqual([undefined, 'value b', 'value c']);
  });

  it('keeps the newest 10,000', () => {
    const store = create();
    for (let index = 0; index <= 10_000; index += 1) store.add(String(index), 'value', 60);
    expect(['0', '1', '10000'].map((name) => store.find(name))).toEqual([undefined, 'value', 'value']);
  });
});
