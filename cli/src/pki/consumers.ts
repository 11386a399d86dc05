/** Forms in which a key and its chain are written. */
export const bundleFormats = ['pem', 'pair', 'p12'] as const;
/** `pem`: one file, key first; `pair`: chain and key in files of their own; `p12`: PKCS#12 with a password. */
export type BundleFormat = (typeof bundleFormats)[number];

export const consumerNames = ['destination', 'approuter', 'cloud-sdk', 'postman', 'strust', 'integration'] as const;
export type ConsumerName = (typeof consumerNames)[number];

/** What a program reads, and why it does not read the rest. */
export interface Consumer {
  readonly title: string;
  /** What it gets unless something else is asked for. */
  readonly format: BundleFormat;
  /** Reasons against other formats. */
  readonly refused: Readonly<Partial<Record<BundleFormat, string>>>;
  /** Why it cannot use a key that is encrypted within PEM; undefined where it can. */
  readonly plainKeyOnly?: string;
  /** Why a dot in the name does harm; undefined where it does not. */
  readonly undottedName?: string;
  /** What to do with the files. */
  readonly steps: (written: WrittenBundle) => readonly string[];
}

export interface WrittenBundle {
  readonly format: BundleFormat;
  /** Names of the files, in the order of the format. */
  readonly names: readonly string[];
  readonly alias: string;
  /** `host:port` of the servers that take the certificate, where the input says it. */
  readonly hosts: readonly string[];
}

const passwordOf = (format: BundleFormat, property: string): string =>
  format === 'p12' ? `, and ${property}=<the password>` : '';

/** Sources: SAP's documentation of each, and the code of the packages @sap/approuter 20.10 and @sap-cloud-sdk/connectivity 4.9. */
export const consumers: Readonly<Record<ConsumerName, Consumer>> = {
  destination: {
    title: 'the Destination Service',
    format: 'pem',
    refused: { pair: 'it takes key and chain in one file only' },
    plainKeyOnly: 'what it does with an encrypted key inside PEM is documented nowhere: use --format p12',
    steps: ({ names: [name = ''], format }) => [
      `Upload ${name} under Destinations > Certificates, or let "mtls destination deploy" do it.`,
      `Token over mTLS: tokenService.KeyStoreLocation=${name}${passwordOf(format, 'tokenService.KeyStorePassword')}.`,
      `Authentication=ClientCertificateAuthentication: KeyStoreLocation=${name}${passwordOf(format, 'KeyStorePassword')}.`,
    ],
  },
  approuter: {
    title: 'the approuter',
    format: 'p12',
    refused: {
      pem: 'it throws "unsupported certificate format, expected p12" for a keystore with any other ending than .p12',
      pair: 'it takes a keystore of the Destination Service, which is one file',
    },
    steps: ({ names: [name = ''] }) => [
      `Upload ${name} under Destinations > Certificates; the ending .p12 has to stay as it is.`,
      `The destination needs Authentication=ClientCertificateAuthentication, KeyStoreLocation=${name}, KeyStorePassword=<the password>: with another authentication the approuter does not look at the keystore.`,
    ],
  },
  'cloud-sdk': {
    title: 'the SAP Cloud SDK for JavaScript',
    format: 'pem',
    refused: { pair: 'it takes a keystore of the Destination Service, which is one file' },
    undottedName:
      'it takes what stands behind the first dot of a trust store for its format, and then ignores the file',
    steps: ({ names: [name = ''], format }) => [
      `Upload ${name} under Destinations > Certificates.`,
      `The destination needs Authentication=ClientCertificateAuthentication, KeyStoreLocation=${name}${passwordOf(format, 'KeyStorePassword')}: with another authentication the SDK shows no certificate to the target.`,
    ],
  },
  postman: {
    title: 'Postman',
    format: 'pair',
    refused: { pem: 'it asks for certificate and key in files of their own' },
    steps: ({ names: [first = '', second = ''], format, hosts }) => [
      `Settings > Certificates > Client Certificates > Add. Host, without https://: ${hosts.length === 0 ? 'that of the URL which you call' : hosts.join(', and once more with ')}.`,
      format === 'p12'
        ? `PFX file: ${first}, with its passphrase.`
        : `CRT file: ${first}; KEY file: ${second}. "CA Certificates" is for the server's authorities and stays empty.`,
      'Authorization: "No Auth" where the certificate alone is enough.',
    ],
  },
  strust: {
    title: 'STRUST',
    format: 'p12',
    refused: {
      pem: 'it takes a key only as PSE, which SAP’s sapgenpse makes of a .p12',
      pair: 'it takes a key only as PSE, which SAP’s sapgenpse makes of a .p12',
    },
    steps: ({ names: [name = ''] }) => [
      `STRUST imports a PSE, and only SAP's sapgenpse writes that; given ${name} as a certificate it says "cannot analyze certificate".`,
      `sapgenpse import_p12 -p ${name.replace(/p12$/, 'pse')} ${name}`,
      'Then STRUST: PSE > Import, PSE > Save as > SSL Client. The CA certificates of the server that is called go to its Certificate List: mtls cert chain --server HOST:443',
    ],
  },
  integration: {
    title: 'Cloud Integration',
    format: 'p12',
    refused: {
      pem: 'its keystore takes a key with its chain as .p12 or .pfx only',
      pair: 'its keystore takes a key with its chain as .p12 or .pfx only',
    },
    steps: ({ names: [name = ''], alias }) => [
      `Monitor > Manage Security > Keystore > Add > Key Pair: ${name}, its password, and an alias such as ${alias}.`,
      'In the receiver adapter: Authentication "Client Certificate", Private Key Alias as above.',
    ],
  },
};
