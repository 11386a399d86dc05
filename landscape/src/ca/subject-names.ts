import type { JsonName } from '@peculiar/x509';
import type { ClientCertificateRequest } from './certificate-authority';

/** Not "SAP SE": someone may import the root into a browser and must be able to tell what it is. */
const organization: JsonName = [{ C: ['DE'] }, { O: ['SAP SE stand-in (mTLS reference landscape)'] }];

export const rootName: JsonName = [...organization, { CN: ['Local Landscape Root CA'] }];

export const intermediateName: JsonName = [
  ...organization,
  { OU: ['SAP Cloud Platform Clients'] },
  { CN: ['Local Landscape Client CA'] },
];

export const serverName: JsonName = [...organization, { CN: ['localhost'] }];

/** The shape of a subject as SAP's certificate service gives it: three organizational units, locality, a GUID. */
export function clientName({ commonName, locality }: ClientCertificateRequest): JsonName {
  return [
    ...organization,
    { OU: ['SAP Cloud Platform Clients'] },
    { OU: ['Local'] },
    { OU: ['mtls-reference'] },
    { L: [locality] },
    { CN: [commonName] },
  ];
}
