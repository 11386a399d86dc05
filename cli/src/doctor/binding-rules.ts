import { Failure } from '../failure';
import { toFinding, type Finding, type Severity } from '../findings';
import { flattenCredentials, nameOf } from '../service-key/bindings';
import {
  hasClient,
  isHostForSecrets,
  readCertificateCredentials,
  readServiceUri,
} from '../service-key/client-credentials';
import type { Evidence, SeenBinding, SeenEnvironment } from './evidence';

/** Bytes; Cloud Foundry's documentation says "about 130 KB" for the environment, 1 MB for a file. */
const ENVIRONMENT_LIMIT = 130 * 1024;
const FILE_LIMIT = 1024 * 1024;
/** A binding more, with its chain, may be too much. */
const NEAR = 0.8;
/** Services of which an app expects one binding. */
const SINGLE: readonly string[] = ['xsuaa', 'identity', 'destination'];

/** Judges bindings and service keys by themselves, and environments by what is in them. */
export function judgeBindings({ bindings, environments }: Evidence): Finding[] {
  return [
    ...bindings.flatMap((seen) => judgeBinding(seen)),
    ...findSeveral(bindings),
    ...environments.flatMap((environment) => judgeSize(environment)),
  ];
}

function judgeBinding(seen: SeenBinding): Finding[] {
  try {
    return [...judgeKind(seen), ...judgeAddresses(seen)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Evidence that cannot be read is a finding of its own already.
    return error.code === 'credentials-malformed' ? [] : [toFinding(error, seen.where)];
  }
}

function judgeKind({ where, binding }: SeenBinding): Finding[] {
  const { certificate, credentialType } = readCertificateCredentials(binding);
  if (certificate !== undefined || !hasClient(binding)) return [];
  if (/x509/i.test(credentialType ?? ''))
    return [
      finding('binding-incomplete', 'error', where, [
        `Its credential type is ${credentialType ?? ''}, and there is no certificate in it.`,
        'Was it cut when it was copied? Else the certificate was hidden ("hide-certificate"), and is where you made it.',
      ]),
    ];
  const isDestination = readServiceUri(binding) !== undefined;
  const parameters = isDestination
    ? '{"xsuaa":{"credential-type":"x509","x509":{"key-length":2048,"validity":30,"validity-type":"DAYS"}}}'
    : '{"credential-type":"x509"}';
  return [
    finding('binding-without-certificate', 'note', where, [
      'It has a secret and no certificate: its tokens are bound to nothing, and whoever has one can use it.',
      `Bind with -c '${parameters}'${isDestination ? '; the Destination Service wants it below "xsuaa" and ignores it elsewhere' : ' (IAS spells it X509_GENERATED)'}.`,
    ]),
  ];
}

function judgeAddresses({ where, binding }: SeenBinding): Finding[] {
  const { certificate, tokenUrl } = readCertificateCredentials(binding);
  if (certificate === undefined || !hasClient(binding)) return [];
  const { certurl } = flattenCredentials(binding.credentials);
  if (tokenUrl === undefined)
    return [
      finding('certurl-missing', 'error', where, [
        'It has a certificate, and no "certurl" where it could be shown.',
        'Fetch the key anew and leave it as it is; "url" is for secrets only.',
      ]),
    ];
  if (typeof certurl === 'string' && URL.canParse(certurl) && isHostForSecrets(new URL(certurl).hostname))
    return [
      finding('certurl-plain-host', 'error', where, [
        `"certurl" is ${certurl}, which takes no certificate: it is the value of "url".`,
        'The host of "certurl" has ".authentication.cert." in it. Fetch the key anew and leave it as it is.',
      ]),
    ];
  return [];
}

/** An app that finds two does not know which one is meant. */
function findSeveral(bindings: readonly SeenBinding[]): Finding[] {
  const sources = [...new Set(bindings.map(({ source }) => source))];
  return sources.flatMap((source) =>
    SINGLE.flatMap((offering) => {
      const same = bindings.filter((one) => one.source === source && one.binding.offering === offering);
      if (same.length < 2) return [];
      const names = same.map(({ binding }) => nameOf(binding)).join(', ');
      return [
        finding('several-bindings', 'warning', source, [
          `There are ${same.length} bindings of ${offering}: ${names}. An app that wants one does not know which, and either refuses or takes any.`,
          'Unbind those that are not meant, or name the one in the configuration of the app.',
        ]),
      ];
    }),
  );
}

function judgeSize({ source, bytes, isFile }: SeenEnvironment): Finding[] {
  const limit = isFile ? FILE_LIMIT : ENVIRONMENT_LIMIT;
  if (bytes < limit * NEAR) return [];
  const isOver = bytes >= limit;
  const size = `VCAP_SERVICES has ${Math.ceil(bytes / 1024)} KB, and the platform takes ${limit / 1024} KB`;
  return [
    finding('environment-size', isOver ? 'error' : 'warning', source, [
      `${size}${isOver ? ': the app does not start' : '; each binding with a certificate adds some 8'}.`,
      isFile
        ? 'Unbind what the app does not need.'
        : 'Let the platform write them into a file (manifest: features: file-based-vcap-services: true), or bind own certificates with "hide-certificate".',
    ]),
  ];
}

function finding(
  code: string,
  severity: Severity,
  where: string,
  [message, remedy]: readonly [message: string, remedy: string],
): Finding {
  return { code, severity, where, message, remedy };
}
