import { missingRole, notIdentified } from '../../src/inbound/inbound-refusals';

describe('notIdentified', () => {
  it('tells the caller that a newer certificate is in use, and the log only of which entry', () => {
    const { public: answer, detail } = parts(notIdentified({ kind: 'outdated', entry: 'acme', from: 'Nov 1 2026' }));
    expect(answer).toBe(
      'The client certificate, valid from Nov 1 2026, has been replaced by a newer one: present that.',
    );
    expect([answer.includes('acme'), detail]).toEqual([false, 'outdated: of acme, from Nov 1 2026']);
  });
});

describe('missingRole', () => {
  it('tells the caller which role is missing, and the log which ones there are', () => {
    const caller = { name: 'acme', roles: new Set(['a', 'b']), thumbprint: 'x' };
    const { public: answer, detail } = parts(missingRole(caller, 'orders.read'));
    expect(answer).toBe('The client certificate does not have the role orders.read.');
    expect(detail).toBe('acme (x) has a, b, not orders.read');
  });
});

function parts(error: ReturnType<typeof missingRole>): { public: string; detail: string | undefined } {
  return { public: error.description, detail: error.detail };
}
