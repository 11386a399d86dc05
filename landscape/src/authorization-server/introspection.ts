import type { JWTPayload } from 'jose';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import * as v from 'valibot';
import { noteRequest } from '../listener';
import type { SigningKey } from '../token-core/signing-key';
import { paths, type AuthorizationServerAddresses } from './addresses';

export interface IntrospectionOptions {
  readonly signingKey: SigningKey;
  readonly addresses: AuthorizationServerAddresses;
}

const refusedJwt = v.object({ error: v.literal('unsupported_token_type') });

/**
 * Creates the middleware that introspects access tokens (RFC 7662). The engine does so for tokens that it has stored only,
 * and refuses a JWT when it has authenticated the caller and checked the parameters: then this takes over.
 */
export function createIntrospection(
  provider: Provider,
  { signingKey, addresses: { issuer } }: IntrospectionOptions,
): (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void> {
  return async (ctx, next) => {
    await next();
    if (ctx.path !== paths.introspection || !v.is(refusedJwt, ctx.body)) return;
    const claims = await verify(signingKey, String(ctx.oidc.params?.['token']), issuer);
    // A deleted client's tokens do not count any more.
    const isActive = claims !== undefined && (await provider.Client.find(String(claims['client_id']))) !== undefined;
    ctx.status = 200;
    // With `cnf` among the claims (RFC 8705 §3.2); RFC 7662 §2.2 wants no reason beside "not active".
    ctx.body = isActive ? { active: true, token_type: 'Bearer', ...claims } : { active: false };
    noteRequest(
      ctx.req,
      `${String(ctx.oidc.client?.clientId)} asked for a token; it is ${isActive ? '' : 'not '}active`,
    );
  };
}

async function verify(signingKey: SigningKey, jwt: string, issuer: string): Promise<JWTPayload | undefined> {
  try {
    return await signingKey.verify(jwt, { issuer });
  } catch {
    return undefined;
  }
}
