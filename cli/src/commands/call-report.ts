import { exitCodeOf } from '../findings';
import { describeCertificate } from '../pki/certificate';
import type { ClientIdentity } from '../pki/keystore';
import { parseBody } from '../probe/body';
import { formatTime, readConfirmation, type Claims } from '../probe/claims';
import { maskSecrets } from '../probe/mask-secrets';
import type { CallPlan, CallReport } from '../probe/perform-call';
import { formatFindings } from './format-findings';
import { formatHops } from './format-hops';
import { createStyles, formatPairs, separated } from './styles';

export interface ShownCall {
  readonly plan: CallPlan;
  readonly report: CallReport;
  /** Whether the body is shown as it came. */
  readonly raw: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The lines that tell a reader how a call went. */
export function formatCallReport({ plan, report, raw, now }: ShownCall, colour: boolean): string[] {
  const styles = createStyles(colour);
  const { url, method, identity } = plan;
  const { hops, answer, token, findings } = report;
  const facts: Array<readonly [string, string]> = [];
  if (identity !== undefined) facts.push(['certificate', describeIdentity(identity, now)]);
  const hosts = listPostmanHosts(plan);
  if (hosts.length > 0) facts.push([hosts.length === 1 ? 'Postman host' : 'Postman hosts', hosts.join(', ')]);
  if (token !== undefined) facts.push(['token', describeToken(token.claims)]);
  return [
    `${styles.bold(method)} ${shownAddress(url)}`,
    ...formatHops(hops, styles),
    ...(facts.length === 0 ? [] : ['', ...formatPairs(facts)]),
    ...(answer === undefined
      ? []
      : [
          '',
          paintStatus(`${answer.status} ${answer.statusText}`.trimEnd(), answer.status, styles),
          showBody(answer.body, answer.headers['content-type'], raw),
        ]),
    ...separated(formatFindings(findings, styles)),
  ];
}

/** The same for programs. */
export function renderCallReport({ plan, report, raw, now }: ShownCall): object {
  const { url, method, identity } = plan;
  const { hops, answer, token, findings } = report;
  return {
    ok: exitCodeOf(findings) === 0,
    request: { method, url: shownAddress(url) },
    ...(identity && { certificate: describeCertificate(identity.chain.certificates[0], 'leaf', now) }),
    postmanHosts: listPostmanHosts(plan),
    ...(token && { token: { claims: token.claims } }),
    hops,
    ...(answer && {
      answer: {
        status: answer.status,
        headers: { ...answer.headers, 'set-cookie': undefined },
        body: parseBody(Buffer.from(raw ? answer.body.toString('utf8') : maskSecrets(answer.body.toString('utf8')))),
      },
    }),
    findings,
  };
}

/** What Postman wants to know under Settings, Certificates, Host: each address that the certificate is shown to. */
function listPostmanHosts({ url, identity, token }: CallPlan): string[] {
  const isByCertificate = token?.kind === 'fetch' && token.request.authentication.kind === 'certificate';
  const addresses = [
    ...(isByCertificate && URL.canParse(token.request.tokenUrl) ? [new URL(token.request.tokenUrl)] : []),
    ...(identity === undefined ? [] : [url]),
  ];
  return [...new Set(addresses.filter(({ protocol }) => protocol === 'https:').map(({ host }) => host))];
}

/** A query can hold what is nobody else's business. */
function shownAddress(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

function describeIdentity({ chain }: ClientIdentity, now: number): string {
  const facts = describeCertificate(chain.certificates[0], 'leaf', now);
  return `${facts.subject}, valid to ${facts.notAfter}, x5t#S256 ${facts['x5t#S256']}`;
}

function describeToken(claims: Claims | undefined): string {
  if (claims === undefined) return 'opaque';
  const bound = readConfirmation(claims);
  const until = formatTime(claims['exp']);
  return `${until === undefined ? '' : `valid to ${until}, `}${bound === undefined ? 'bound to no certificate' : `bound to ${bound}`}`;
}

function paintStatus(text: string, status: number, styles: ReturnType<typeof createStyles>): string {
  return status < 400 ? styles.green(text) : styles.red(text);
}

function showBody(body: Buffer, type: string | undefined, raw: boolean): string {
  const text = body.toString('utf8');
  if (raw) return text;
  if (text.includes('\uFFFD') || text.includes('\0'))
    return `(${body.length} bytes${type === undefined ? '' : ` of ${type}`})`;
  // A server must not paint or move the cursor of this terminal.
  return maskSecrets(text)
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd();
}
