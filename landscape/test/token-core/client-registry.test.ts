import { thumbprintOf } from '../../src/token-core/client-certificate';
import {
  createPinnedCertificate,
  createRenewableCertificate,
  createSecret,
  type ClientCredential,
} from '../../src/token-core/client-credential';
import { ClientRegistry } from '../../src/token-core/client-registry';
import { createTestAuthority, issueTestCertificate } from './test-certificates';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const client = (clientId: string) => ({ clientId, grantTypes: new Set<string>() });

async function createCredential(): Promise<ClientCredential & { readonly thumbprint: string }> {
  return createPinnedCertificate((await issueTestCertificate(await createTestAuthority('CA'))).x509);
}

describe('ClientRegistry', () => {
  it('gives a client the credentials of all its bindings', () => {
    const registry = new ClientRegistry();
    registry.put(
      client('a'),
      new Map([
        ['1', createSecret('x')],
        ['2', createSecret('y')],
      ]),
    );
    expect([...registry.credentialsOf('a')]).toHaveLength(2);
    expect([...registry.credentialsOf('b')]).toEqual([]);
    expect(registry.find('b')).toBeUndefined();
  });

  it('forgets a credential that a later registration does not have', () => {
    const registry = new ClientRegistry();
    const kept = createSecret('x');
    registry.put(
      client('a'),
      new Map([
        ['1', kept],
        ['2', createSecret('y')],
      ]),
    );
    registry.put(client('a'), new Map([['1', kept]]));
    expect([...registry.credentialsOf('a')]).toEqual([kept]);
  });

  it('knows where a certificate is or was', async () => {
    const registry = new ClientRegistry();
    const credential = await createCredential();
    expect(registry.locate(credential.thumbprint)).toBe('unknown');
    registry.put(client('a'), new Map([['1', credential]]));
    expect(registry.locate(credential.thumbprint)).toBe('other-client');
    registry.put(client('a'), new Map());
    expect(registry.locate(credential.thumbprint)).toBe('removed');
    registry.put(client('b'), new Map([['1', credential]]));
    expect(registry.locate(credential.thumbprint)).toBe('other-client');
    registry.remove('b');
    expect(registry.locate(credential.thumbprint)).toBe('removed');
  });

  it('keeps a bounded number of removed certificates in mind', () => {
    const registry = new ClientRegistry();
    const credential = (thumbprint: string): ClientCredential => ({
      kind: 'certificate',
      thumbprint,
      trust: 'chain',
      match: () => 'other',
    });
    for (let index = 0; index <= 1_000; index += 1) {
      registry.put(client('a'), new Map([['1', credential(`t${index}`)]]));
      registry.put(client('a'), new Map());
    }
    expect(registry.locate('t0')).toBe('unknown');
    expect(registry.locate('t1')).toBe('removed');
    expect(registry.locate('t1000')).toBe('removed');
  });

  it('finds the clients of a certificate that says nothing else, one for each credential that it matches', async () => {
    const registry = new ClientRegistry();
    const authority = await createTestAuthority('CA');
    const [a, b] = [await issueTestCertificate(authority), await issueTestCertificate(authority)];
    const present = ({ x509 }: typeof a) => ({ x509, thumbprint: thumbprintOf(x509) });
    const pinned = createPinnedCertificate(a.x509);
    const renewable = createRenewableCertificate(a.x509, [authority.certificate]);
    registry.put(
      client('a'),
      new Map<string, ClientCredential>([
        ['1', pinned],
        ['2', createSecret('x')],
      ]),
    );
    registry.put(client('b'), new Map([['1', renewable]]));
    expect(registry.matchesOf(present(a), Date.now())).toEqual([
      { client: client('a'), credential: pinned },
      { client: client('b'), credential: renewable },
    ]);
    expect(registry.matchesOf(present(b), Date.now())).toEqual([{ client: client('b'), credential: renewable }]);
    registry.remove('b');
    expect(registry.matchesOf(present(b), Date.now())).toEqual([]);
  });
});
