import { X509Certificate } from 'node:crypto';

export interface TrustInput {
  readonly rootFile: string;
  readonly rootPem: string;
}

const NAME = 'mtls-landscape';

/** How to make this system trust the landscape's CA, and how to end that; nothing is changed by itself. */
export function formatTrust({ rootFile, rootPem }: TrustInput, platform: NodeJS.Platform = process.platform): string {
  const { subject, fingerprint256, validTo, serialNumber } = new X509Certificate(rootPem);
  return `${[
    'The landscape issues its certificates itself; its root is',
    `  file          ${rootFile}`,
    `  subject       ${subject.split('\n').join(', ')}`,
    `  SHA-256       ${fingerprint256}`,
    `  valid until   ${validTo}`,
    '',
    'Whoever has its key, in the same folder, can pretend to be any site to a browser that trusts it. Trust it on a',
    'development machine only, and take it back when you are done.',
    '',
    ...commandsFor(platform, rootFile, serialNumber),
    'Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import.',
    '',
    'Without any trust of the system:',
    `  curl --cacert ${rootFile} https://localhost:…`,
    `  NODE_EXTRA_CA_CERTS=${rootFile} node …`,
  ].join('\n')}\n`;
}

function commandsFor(platform: NodeJS.Platform, file: string, serialNumber: string): string[] {
  if (platform === 'darwin')
    return [
      'macOS (Safari, Chrome, Edge):',
      `  security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "${file}"`,
      'and back:',
      `  security remove-trusted-cert "${file}"`,
      '',
    ];
  if (platform === 'win32')
    return [
      'Windows (Chrome, Edge):',
      `  certutil -user -addstore Root "${file}"`,
      'and back:',
      `  certutil -user -delstore Root ${serialNumber}`,
      '',
    ];
  return [
    'Chrome and Edge on Linux (certutil is in libnss3-tools):',
    `  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${NAME} -i "${file}"`,
    'and back:',
    `  certutil -d sql:$HOME/.pki/nssdb -D -n ${NAME}`,
    '',
    'curl, wget and others, on Debian and Ubuntu:',
    `  sudo cp "${file}" /usr/local/share/ca-certificates/${NAME}.crt && sudo update-ca-certificates`,
    'and back:',
    `  sudo rm /usr/local/share/ca-certificates/${NAME}.crt && sudo update-ca-certificates --fresh`,
    '',
  ];
}
