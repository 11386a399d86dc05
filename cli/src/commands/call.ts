import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { exitCodeOf, toFinding } from '../findings';
import { Failure, UsageFailure } from '../failure';
import { readInput } from '../files/read-input';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { readAddress } from '../probe/call-settings';
import { performCall, type CallPlan, type CallReport } from '../probe/perform-call';
import { readClientKey, type ClientKey } from '../service-key/read-key';
import { version } from '../../package.json';
import { addCallOptions, collect, readCallSettings, type CallOptions } from './call-options';
import { formatCallReport, renderCallReport } from './call-report';
import { readBearer, type BearerOptions } from './read-bearer';
import { addTokenOptions, readTokenRequest, type TokenOptions } from './token-options';

interface CallCommandOptions extends TokenOptions, CallOptions, BearerOptions, PasswordOptions {
  readonly service?: string;
  readonly token?: true;
  /** `--no-certificate` makes it false. */
  readonly certificate: boolean;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly raw?: true;
  readonly json?: true;
}

/** Adds `call`: one call with the certificate of a key, and which step of it failed. */
export function addCall(program: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = program
    .command('call')
    .description('call an address with the certificate of a service key, and say which step fails and why')
    .argument(
      '<KEY_AND_URL...>',
      '[KEY] URL: service key, "cf env" output or keystore (PEM, PKCS#12); then the address',
    )
    .option('--service <NAME>', 'service instance or binding, when there are several')
    .option('--token', 'fetch an access token with the key first, and send it along')
    .option('--bearer-file <FILE>', 'send the token in this file; - reads standard input')
    .option('--bearer-env <NAME>', 'send the token in this environment variable')
    .option('--no-certificate', 'do not show the certificate to the address')
    .option('-X, --request <METHOD>', 'method (default: GET, with --data POST)')
    .option('-H, --header <HEADER>', 'header as "Name: value" (repeatable)', collect)
    .option('-d, --data <TEXT>', 'body; @FILE reads a file, @- standard input');
  return addPasswordOptions(addCallOptions(addTokenOptions(command)))
    .option('--raw', 'print the body as it came; without it tokens, keys and secrets in it are replaced')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls call key.txt https://tenant.it-cpi001-rt.cfapps.us10.hana.ondemand.com/http/flow --data @order.xml -H "Content-Type: text/xml"
  mtls token key.txt --raw | mtls call other-key.txt https://backend.cert.cfapps.us10.hana.ondemand.com/endpoint --bearer-file -

The second one replays a token with the certificate of another key. A token is never taken from the command line. Every step
is reported: DNS, TCP (or HTTPS_PROXY), TLS with the server's chain, whether the server asked for a client certificate, the
token endpoint, the answer. Servers are always verified; redirects are not followed. Exit code 1 when the call failed or
something about it will.`,
    )
    .action(async (args: readonly string[], options: CallCommandOptions) => {
      setExitCode(await call(context, args, options));
    });
}

async function call(context: CliContext, args: readonly string[], options: CallCommandOptions): Promise<ExitCode> {
  const { file, url } = readArguments(args);
  const settings = await readCallSettings(context, options);
  const request = await readRequest(context, options);
  const bearer = await readBearer(context, options);
  if (bearer !== undefined && options.token === true)
    throw new UsageFailure(
      'bearer-twice',
      'There are two tokens to send.',
      'Use --token, --bearer-file or --bearer-env.',
    );
  const bare: CallPlan = { url, ...request };
  const plan = await completePlan(context, bare, { file, bearer, options });
  // A key that cannot be used is a result of this command, like a server that cannot be reached.
  const report: CallReport =
    plan instanceof Failure
      ? { hops: [], answer: undefined, token: undefined, findings: [toFinding(plan, file ?? 'call')] }
      : await performCall(plan, settings);
  const shown = { plan: plan instanceof Failure ? bare : plan, report, raw: options.raw === true, now: context.now() };
  if (options.json === true) context.out(JSON.stringify(renderCallReport(shown), null, 2));
  else for (const line of formatCallReport(shown, context.colour)) context.out(line);
  return exitCodeOf(report.findings);
}

/** Adds what the key gives. @returns the failure where the key is of no use. */
async function completePlan(
  context: CliContext,
  plan: CallPlan,
  { file, bearer, options }: { file: string | undefined; bearer: string | undefined; options: CallCommandOptions },
): Promise<CallPlan | Failure> {
  try {
    const askPassword = createPasswordSource(context, options);
    const key = file === undefined ? undefined : await readClientKey(context, file, { ...options, askPassword });
    return { ...plan, ...chooseIdentity(key, options), ...chooseToken(key, { bearer, options }) };
  } catch (error) {
    if (error instanceof Failure && !(error instanceof UsageFailure)) return error;
    throw error;
  }
}

function readArguments(args: readonly string[]): { file: string | undefined; url: URL } {
  const [first = '', second, third] = args;
  if (third !== undefined)
    throw new UsageFailure('too-many-arguments', 'There are more than a key and an address.', 'mtls call [KEY] URL');
  return second === undefined
    ? { file: undefined, url: readAddress(first, first) }
    : { file: first, url: readAddress(second, second) };
}

async function readRequest(
  context: CliContext,
  { request, header = [], data }: CallCommandOptions,
): Promise<Pick<CallPlan, 'method' | 'headers' | 'body'>> {
  const body = data === undefined ? undefined : await readData(context, data);
  const method = request?.toUpperCase() ?? (body === undefined ? 'GET' : 'POST');
  if (!/^[A-Z]+$/.test(method))
    throw new UsageFailure('method', `${method} is no method.`, 'Use one like GET, POST, PUT or DELETE.');
  const headers: Record<string, string | string[]> = {
    accept: 'application/json, */*;q=0.8',
    'user-agent': `mtls/${version}`,
    ...(body !== undefined && {
      'content-type': isJson(body) ? 'application/json' : 'application/x-www-form-urlencoded',
    }),
  };
  const given = new Map<string, string[]>();
  for (const [name, value] of header.map(parseHeader)) given.set(name, [...(given.get(name) ?? []), value]);
  return { method, headers: { ...headers, ...Object.fromEntries(given) }, body };
}

function parseHeader(text: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(text) ?? [];
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new UsageFailure('header', 'A header cannot be sent like that.', 'Give it as "Name: value".');
  }
  if (/^(authorization|proxy-authorization|cookie)$/i.test(name))
    throw new UsageFailure(
      'secret-on-command-line',
      `The header ${name} holds a secret, which every user of this computer can read on the command line.`,
      'Send a token with --token, --bearer-file or --bearer-env.',
    );
  return [name.toLowerCase(), value];
}

async function readData(context: CliContext, data: string): Promise<string> {
  return data.startsWith('@') ? (await readInput(context, data.slice(1))).text : data;
}

function isJson(text: string | Buffer): boolean {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
}

function chooseIdentity(key: ClientKey | undefined, { certificate }: CallCommandOptions): Pick<CallPlan, 'identity'> {
  return certificate ? { identity: key?.identity } : {};
}

function chooseToken(
  key: ClientKey | undefined,
  { bearer, options }: { bearer: string | undefined; options: CallCommandOptions },
): Pick<CallPlan, 'token'> {
  if (bearer !== undefined) return { token: { kind: 'given', value: bearer } };
  if (options.token !== true) return {};
  if (key === undefined)
    throw new UsageFailure('key-missing', '--token needs a key to fetch the token with.', 'mtls call KEY URL --token');
  return { token: { kind: 'fetch', request: readTokenRequest(key, options) } };
}
