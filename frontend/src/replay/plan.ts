import { X509Certificate } from 'node:crypto';
import type { BackendAccess } from '../access';
import { resolveBelow } from '../addresses';
import { confirmedThumbprint } from '../tokens/claims';
import type { ClientCertificate } from '../tokens/client-certificate';
import { chooseOtherCertificate } from './other-certificate';
import type { OmittedStep, ReplayStep } from './replay';

export interface ReplayPlanOptions {
  /** Path of the backend that is called. */
  readonly path: string;
  /** Where the address of the backend is configured, as a message names it. */
  readonly addressFrom: string;
  /** BACKEND_PLAIN_URL. */
  readonly plainUrl: URL | undefined;
  /** Certificates of this app: one that the token is not bound to plays that of a thief. */
  readonly certificates: readonly ClientCertificate[];
  readonly appName: string;
}

export interface PlannedCall {
  readonly kind: 'call';
  readonly url: URL;
  /** Shown in the handshake. */
  readonly certificate?: ClientCertificate;
  /** Sent beside the token. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type PlannedStep = Omit<ReplayStep, 'result'> & { readonly plan: PlannedCall | OmittedStep };

/** Where Cloud Foundry's router tells an app of the client's certificate: one line of base64 DER. */
export const FORGED_HEADER = 'x-forwarded-client-cert';

/**
 * Plans to use a token as its owner does, and in three ways as a thief would. A bound token must be accepted with its
 * certificate alone (RFC 8705 §3); one that is bound to nothing is accepted from anybody.
 */
export function planReplay(access: BackendAccess, options: ReplayPlanOptions): readonly PlannedStep[] {
  const boundTo = confirmedThumbprint(access.token.claims);
  const forThief = boundTo === undefined ? 'accepted' : 'refused';
  const other = planOther(access, options, boundTo);
  return [
    {
      id: 'own-certificate',
      title: 'With its own certificate',
      story: 'The owner of the token shows the certificate that it was fetched with.',
      expected: 'accepted',
      plan: planOwn(access, options, boundTo),
    },
    {
      id: 'no-certificate',
      title: 'Without a certificate',
      story: 'A thief has found the token, in a log say, and has nothing else.',
      expected: forThief,
      plan: requireTls(access, options) ?? { kind: 'call', url: resolveBelow(access.url, options.path) },
    },
    {
      id: 'other-certificate',
      title: 'With another certificate',
      story: `The thief has a valid certificate ${other.sameIssuer ? 'of the same authority' : 'as well'}, but not that of the token.`,
      expected: forThief,
      plan: other.plan,
    },
    {
      id: 'forged-header',
      title: 'With its certificate in a header',
      story:
        'The thief takes the route without client certificates, and writes the right one, which is no secret, into the ' +
        'header where the platform would pass it on.',
      expected: forThief,
      plan: planForgery(access, options),
    },
  ];
}

function planOwn(access: BackendAccess, options: ReplayPlanOptions, boundTo: string | undefined): PlannedStep['plan'] {
  const { url, certificate } = access;
  if (boundTo === undefined) return UNBOUND;
  if (certificate === undefined) return WITHOUT_CERTIFICATE;
  return requireTls(access, options) ?? { kind: 'call', url: resolveBelow(url, options.path), certificate };
}

function planOther(
  access: BackendAccess,
  options: ReplayPlanOptions,
  boundTo = '',
): { readonly plan: PlannedStep['plan']; readonly sameIssuer: boolean } {
  const url = resolveBelow(access.url, options.path);
  const other = chooseOtherCertificate(options.certificates, { boundTo, issuer: access.certificate?.card.issuer });
  const sameIssuer = other?.sameIssuer ?? true;
  const omitted = requireTls(access, options);
  if (omitted !== undefined) return { sameIssuer, plan: omitted };
  if (other !== undefined) return { sameIssuer, plan: { kind: 'call', url, certificate: other.certificate } };
  const plan = {
    kind: 'omitted',
    reason: 'This app has no second certificate; that of a binding of the Destination Service would do.',
    remedy:
      'Send the token of one service key with the certificate of another: ' +
      `\`mtls token key.txt --raw | mtls call other-key.txt ${url.href} --bearer-file -\`.`,
  } as const;
  return { sameIssuer, plan };
}

function planForgery({ certificate, token }: BackendAccess, options: ReplayPlanOptions): PlannedStep['plan'] {
  const { plainUrl, path, appName } = options;
  if (confirmedThumbprint(token.claims) === undefined) return UNBOUND;
  if (certificate === undefined) return WITHOUT_CERTIFICATE;
  if (plainUrl === undefined)
    return {
      kind: 'omitted',
      reason: 'No plain route of the backend is known to this app.',
      remedy: `Name it: \`cf set-env ${appName} BACKEND_PLAIN_URL https://…\`, \`cf restart ${appName}\`.`,
    };
  const der = new X509Certificate(certificate.chain).raw.toString('base64');
  return { kind: 'call', url: resolveBelow(plainUrl, path), headers: { [FORGED_HEADER]: der } };
}

function requireTls({ url }: BackendAccess, { addressFrom }: ReplayPlanOptions): OmittedStep | undefined {
  if (url.protocol === 'https:') return undefined;
  return {
    kind: 'omitted',
    reason: `The address of the backend, ${url.origin}, is plain http: there is no handshake to show a certificate in.`,
    remedy: `Correct ${addressFrom}: it must be that of a certificate route.`,
  };
}

const UNBOUND: OmittedStep = {
  kind: 'omitted',
  reason: 'The token is bound to no certificate.',
  remedy: 'Fetch it over mutual TLS: then it is bound to the certificate that it was fetched with.',
};

const WITHOUT_CERTIFICATE: OmittedStep = {
  kind: 'omitted',
  reason: 'This app does not have the certificate that the token is bound to.',
  remedy: 'Let the destination name its keystore: `mtls destination deploy` does so.',
};
