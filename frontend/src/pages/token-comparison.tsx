import type { JSX } from 'preact';
import type { ComparedToken } from '../scenario';
import { confirmedThumbprint } from '../tokens/claims';
import { Card } from './card';
import { describeClaims, type ClaimRow } from './claims';
import { formatMoment, formatRelative } from './format';
import { shortThumbprint } from './hop-text';
import { InfoLabel } from './info-label';
import { MessageStrip } from './message-strip';
import { Obstacle } from './obstacle';
import { Path } from './text';

interface TokenComparisonProps {
  readonly tokens: readonly ComparedToken[];
  /** Path of the page, whose own token was fetched just now. */
  readonly current: string;
  readonly now: Date;
}

/** The claim that makes the difference. */
const CONFIRMATION = 'cnf';

/** Shows tokens beside each other, claim by claim in the same order, with the difference marked. */
export function TokenComparison({ tokens, current, now }: TokenComparisonProps): JSX.Element {
  const columns = tokens.map((token) => ({ token, rows: describeRows(token, now) }));
  const names = listNames(columns.map(({ rows }) => rows));
  return (
    <section aria-labelledby="tokens">
      <h2 class="fd-title fd-title--h4 section-title" id="tokens">
        The two tokens, side by side
      </h2>
      <Difference tokens={tokens} />
      <div class="comparison">
        {columns.map(({ token, rows }) => (
          <TokenColumn
            key={token.path}
            token={token}
            rows={rows}
            names={names}
            isCurrent={token.path === current}
            now={now}
          />
        ))}
      </div>
    </section>
  );
}

function describeRows({ last }: ComparedToken, now: Date): readonly ClaimRow[] {
  return last === undefined
    ? []
    : describeClaims({ token: { claims: last.claims }, backend: last.backend, hops: [] }, now);
}

/** Of all tokens, so that the same claim stands beside itself; the confirmation first, even where no token has one. */
function listNames(columns: ReadonlyArray<readonly ClaimRow[]>): readonly string[] {
  const longestFirst = columns.toSorted((one, other) => other.length - one.length);
  return [...new Set([CONFIRMATION, ...longestFirst.flat().map(({ name }) => name)])];
}

/** What the comparison shows, in words; nothing until there are two tokens. */
function Difference({ tokens }: Pick<TokenComparisonProps, 'tokens'>): JSX.Element | null {
  const fetched = tokens.flatMap(({ last }) => last ?? []);
  const bound = fetched.map(({ claims }) => confirmedThumbprint(claims));
  const thumbprint = bound.find((found) => found !== undefined);
  if (fetched.length < 2 || thumbprint === undefined || bound.every((found) => found !== undefined)) return null;
  return (
    <div class="messages">
      <MessageStrip kind="information" title="The difference is one claim: `cnf`">
        <p>
          It confirms who may use the token (RFC 7800): the holder of the certificate with the SHA-256 thumbprint{' '}
          <code>{shortThumbprint(thumbprint)}</code> (<code>x5t#S256</code>, RFC 8705, section 3.1). The other token is
          good for whoever has it.
        </p>
      </MessageStrip>
    </div>
  );
}

interface TokenColumnProps {
  readonly token: ComparedToken;
  readonly rows: readonly ClaimRow[];
  readonly names: readonly string[];
  readonly isCurrent: boolean;
  readonly now: Date;
}

function TokenColumn({ token, rows, names, isCurrent, now }: TokenColumnProps): JSX.Element {
  const { path, title, action, state, last } = token;
  const isBound = confirmedThumbprint(last?.claims) !== undefined;
  return (
    <Card
      id={`token${path.replaceAll('/', '-')}`}
      title={title}
      class={`token ${isBound ? 'token--bound' : 'token--unbound'}`}
      subtitle={last === undefined ? 'Not fetched yet' : <Standing rows={rows} token={token} now={now} />}
    >
      {last !== undefined && (
        <dl class="token__claims">
          {names.map((name) => (
            <Claim key={name} name={name} row={rows.find((row) => row.name === name)} />
          ))}
        </dl>
      )}
      <Obstacle state={state} />
      <a class={isCurrent || last !== undefined ? 'fd-button' : 'fd-button fd-button--emphasized'} href={path}>
        <span class="fd-button__text">{action}</span>
      </a>
    </Card>
  );
}

/** Decoding proves nothing: that the token is genuine, only the backend has checked. */
function Standing({ rows, token: { last }, now }: Pick<TokenColumnProps, 'rows' | 'token' | 'now'>): JSX.Element {
  const isVerified = rows.length > 0 && rows.every(({ verified }) => verified);
  return (
    <>
      {isVerified ? (
        <InfoLabel tone="verified">verified by the backend</InfoLabel>
      ) : (
        <InfoLabel tone="neutral">decoded, not verified</InfoLabel>
      )}{' '}
      <span class="token__status">
        The backend answered {last?.backend.status}
        {last !== undefined && <>, {describeAge(new Date(last.at), now)}</>}
      </span>
    </>
  );
}

function describeAge(at: Date, now: Date): JSX.Element {
  return (
    <time dateTime={at.toISOString()} title={formatMoment(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

function Claim({ name, row }: { readonly name: string; readonly row: ClaimRow | undefined }): JSX.Element {
  const isDifference = name === CONFIRMATION;
  return (
    <div class={isDifference ? 'token__claim token__claim--difference' : 'token__claim'}>
      <dt>{name}</dt>
      <dd>
        {row === undefined ? (
          <span class="token__absent">
            {isDifference ? 'none: whoever has this token can use it' : 'not in this token'}
          </span>
        ) : (
          <span class="claim__value">
            <Path>{row.value}</Path>
          </span>
        )}
        {row?.reading !== undefined && <span class="claim__reading">{row.reading}</span>}
      </dd>
    </div>
  );
}
