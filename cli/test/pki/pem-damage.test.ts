import * as fc from 'fast-check';
import { Failure } from '../../src/failure';
import { normalizePem } from '../../src/pki/normalize';
import { readPem } from '../../src/pki/pem';
import { readCredentials } from '../../src/pki/read-credential';
import { applyAll, changes, cuts, damages, type Damage } from '../support/pem-damage';
import { issue, makeChain, pkcs1 } from '../support/test-chain';

/** Texts with what they hold, in DER. */
interface Sample {
  readonly pem: string;
  readonly der: readonly Buffer[];
}

const PASSWORD = 'x';
let samples: readonly Sample[];
beforeAll(async () => {
  const chain = await makeChain();
  const own = await issue({ name: 'CN=own' });
  const sec1 = own.key.export({ type: 'sec1', format: 'pem' }).toString();
  const pkcs8 = own.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const encrypted = [
    { type: 'pkcs8', cipher: 'aes-256-cbc' } as const,
    { type: 'sec1', cipher: 'des-ede3-cbc' } as const,
  ].map((options) => own.key.export({ ...options, format: 'pem', passphrase: PASSWORD }).toString());
  const texts = [
    chain.leaf.pem,
    chain.certificate,
    chain.key + chain.certificate,
    chain.root.pem + pkcs1(chain.leaf.key) + chain.leaf.pem + chain.intermediate.pem,
    sec1 + own.pem,
    own.pem + pkcs8,
    ...encrypted.map((key) => key + own.pem),
  ];
  samples = texts.map((pem) => ({ pem, der: readPem(pem, 'sample').blocks.map(({ der }) => der) }));
});

/** An index, so that a counterexample does not print whole keys. */
const anySample = fc.nat(7);
const sampleAt = (index: number): Sample => {
  const sample = samples[index % samples.length];
  if (sample === undefined) throw new Error('no samples');
  return sample;
};

const read = (text: string): Buffer[] => readPem(text, 'text').blocks.map(({ der }) => der);
const refusal = (action: () => unknown): Failure | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};
const names = (list: readonly Damage[]): string => list.map(({ name }) => name).join(', ');

describe('PEM with any combination of damages', () => {
  it('comes out as the same certificates and keys, byte for byte in DER', () => {
    fc.assert(
      fc.property(anySample, damages, (index, list) => {
        const { pem, der } = sampleAt(index);
        const text = applyAll(pem, list);
        if (refusal(() => read(text)) !== undefined) throw new Error(`refused after: ${names(list)}`);
        expect(read(text)).toEqual(der);
      }),
      { numRuns: 600 },
    );
  });

  it('is normal after it was normalized, and stays so', () => {
    fc.assert(
      fc.property(anySample, damages, (index, list) => {
        const { pem } = sampleAt(index);
        const bytes = Buffer.from(applyAll(pem, list));
        const once = normalizePem({ bytes, name: 'file' });
        expect(once.pem).toBe(pem);
        expect(normalizePem({ bytes: Buffer.from(once.pem), name: 'file' })).toMatchObject({ pem, repairs: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('comes out as blocks that were there, or as a named refusal, when a part was cut off', () => {
    fc.assert(
      fc.property(anySample, damages, cuts, damages, (index, before, cut, after) => {
        const { pem, der } = sampleAt(index);
        const text = applyAll(cut.apply(applyAll(pem, before)), after);
        const failure = refusal(() => read(text));
        if (failure === undefined)
          for (const block of read(text)) expect(der.some((one) => one.equals(block))).toBe(true);
        else expect(failure.code).toMatch(/^pem-(?:missing|damaged)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('is read or refused by name when a character was changed', async () => {
    await fc.assert(
      fc.asyncProperty(anySample, damages, changes, async (index, before, change) =>
        expectSoundOrNamed(change.apply(applyAll(sampleAt(index).pem, before))),
      ),
      { numRuns: 300 },
    );
  });
});

describe('any bytes', () => {
  it('are read or refused by name', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 400 }).map((tail) => Buffer.concat([Buffer.from([0x30, 0x82, 0x01, 0x90]), tail])),
      fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(`-----BEGIN CERTIFICATE-----\n${text}`)),
      fc
        .uint8Array({ maxLength: 300 })
        .map((der) =>
          Buffer.from(
            `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.from(der).toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`,
          ),
        ),
      fc.json().map((json) => Buffer.from(`{"certificate":${json},"key":${json},"clientid":"c"}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => expectSoundOrNamed(Buffer.from(content))),
      { numRuns: 500 },
    );
  });
});

/** Nothing but a Failure is thrown. */
async function expectSoundOrNamed(content: string | Buffer): Promise<void> {
  try {
    const credentials = await readCredentials(
      { bytes: Buffer.from(content), name: 'file' },
      { askPassword: async () => PASSWORD },
    );
    for (const { certificates, keys } of credentials) expect(certificates.length + keys.length).toBeGreaterThan(0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.remedy).not.toBe('');
  }
}
