import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { exitCodeOf, type Finding } from '../findings';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { computeThumbprint } from '../pki/certificate';
import { formatTime, readConfirmation, type Claims } from '../probe/claims';
import { judgeIdentity } from '../probe/client-certificate';
import { HopFailure, type Hop } from '../probe/hop';
import { judgeFetchedToken } from '../probe/perform-call';
import { requestToken, type FetchedToken, type TokenRequest } from '../probe/request-token';
import { readClientKey } from '../service-key/read-key';
import { addCallOptions, readCallSettings, type CallOptions } from './call-options';
import { formatFindings } from './format-findings';
import { formatHops } from './format-hops';
import { createStyles, formatPairs, separated } from './styles';
import { addTokenOptions, readTokenRequest, type TokenOptions } from './token-options';

interface TokenCommandOptions extends TokenOptions, CallOptions, PasswordOptions {
  readonly service?: string;
  readonly raw?: true;
  readonly json?: true;
}

/** Adds `token`: an access token of a service key, shown as its claims. */
export function addToken(program: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = program
    .command('token')
    .description('fetch an access token with a service key or binding, and show its claims')
    .argument(
      '<KEY>',
      'service key, "cf env" output or VCAP_SERVICES of XSUAA, IAS, Destination Service or Process Integration Runtime; - reads standard input',
    )
    .option('--service <NAME>', 'service instance or binding, when there are several');
  return addPasswordOptions(addCallOptions(addTokenOptions(command)))
    .option('--raw', 'print the token and nothing else: whoever sees it may be able to use it')
    .option('--json', 'print JSON, with the claims and without the token')
    .addHelpText(
      'after',
      `
Examples:
  mtls token xsuaa-key.txt
  mtls token backend-env.txt --service clicreIas --resource urn:sap:identity:application:provider:name:orders

Client credentials (RFC 6749, section 4.4), with the certificate in the TLS handshake (RFC 8705) or with the secret in the body. The
claims are decoded, not verified. Exit code 1 when there is no token, or it is not bound to the certificate. HTTPS_PROXY and
NO_PROXY are honoured; redirects are not followed.`,
    )
    .action(async (key: string, options: TokenCommandOptions) => {
      setExitCode(await printToken(context, key, options));
    });
}

async function printToken(context: CliContext, file: string, options: TokenCommandOptions): Promise<ExitCode> {
  const key = await readClientKey(context, file, { ...options, askPassword: createPasswordSource(context, options) });
  const request = readTokenRequest(key, options);
  const settings = await readCallSettings(context, options);
  const hops: Hop[] = [];
  try {
    const fetched = await requestToken(request, { ...settings, recordHop: (hop) => hops.push(hop) });
    const findings = judge(request, fetched, context.now());
    if (options.raw === true) context.out(fetched.token);
    else if (options.json === true) printJson(context, { request, fetched, hops, findings });
    else print(context, { request, fetched, findings });
    return exitCodeOf(findings);
  } catch (error) {
    if (!(error instanceof HopFailure)) throw error;
    const findings = [error.finding, ...error.further];
    if (options.json === true) printJson(context, { request, fetched: undefined, hops, findings });
    else printFailure(context, { hops, findings });
    return 1;
  }
}

function judge(request: TokenRequest, { claims }: FetchedToken, now: number): Finding[] {
  const { authentication } = request;
  const identity =
    authentication.kind === 'secret'
      ? []
      : judgeIdentity(authentication.identity, { where: 'client certificate', now });
  return [...(claims === undefined ? [] : judgeFetchedToken(request, claims)), ...identity];
}

interface Result {
  readonly request: TokenRequest;
  readonly fetched: FetchedToken | undefined;
  readonly hops: readonly Hop[];
  readonly findings: readonly Finding[];
}

function printJson(context: CliContext, { request, fetched, hops, findings }: Result): void {
  const { clientId, tokenUrl, authentication } = request;
  const token = fetched && {
    format: fetched.claims === undefined ? 'opaque' : 'jwt',
    expiresIn: fetched.expiresIn,
    claims: fetched.claims,
  };
  const method = authentication.kind;
  context.out(
    JSON.stringify(
      { ok: fetched !== undefined && exitCodeOf(findings) === 0, clientId, tokenUrl, method, token, hops, findings },
      null,
      2,
    ),
  );
}

function print(
  context: CliContext,
  { request, fetched, findings }: { request: TokenRequest; fetched: FetchedToken; findings: readonly Finding[] },
): void {
  const styles = createStyles(context.colour);
  const { claims, expiresIn } = fetched;
  const lines = [
    `${styles.green('Token fetched')} for ${request.clientId} ${request.authentication.kind === 'secret' ? 'with its secret' : 'over mutual TLS'}.`,
    ...formatPairs([
      ['token endpoint', request.tokenUrl],
      ['valid', describeValidity(claims, expiresIn)],
      ['bound to', describeBinding(request, claims)],
    ]),
    '',
    ...(claims === undefined
      ? ['It is opaque: only its issuer can read it.']
      : [
          'Claims (decoded, not verified):',
          ...JSON.stringify(claims, null, 2)
            .split('\n')
            .map((line) => `  ${line}`),
        ]),
    ...separated(formatFindings(findings, styles)),
  ];
  for (const line of lines) context.out(line);
}

function printFailure(
  context: CliContext,
  { hops, findings }: { hops: readonly Hop[]; findings: readonly Finding[] },
): void {
  const styles = createStyles(context.colour);
  for (const line of [...formatHops(hops, styles), ...separated(formatFindings(findings, styles))]) context.out(line);
}

function describeValidity(claims: Claims | undefined, expiresIn: number | undefined): string {
  const until = formatTime(claims?.['exp']);
  if (until !== undefined) return `until ${until}`;
  return expiresIn === undefined ? 'the server does not say how long' : `${expiresIn} s`;
}

function describeBinding({ authentication }: TokenRequest, claims: Claims | undefined): string {
  const bound = claims && readConfirmation(claims);
  if (bound === undefined) return 'nothing: whoever has it can use it';
  const isOwn =
    authentication.kind === 'certificate' && computeThumbprint(authentication.identity.chain.certificates[0]) === bound;
  return `certificate ${bound}${isOwn ? ', the one of this key' : ''}`;
}
