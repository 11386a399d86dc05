import type { Request } from 'express';
import { decodeJwt, errors, type JWTPayload } from 'jose';
import { suffixes } from '../xsuaa/subaccount';
import { RecordedError, ServiceError } from './service-error';

/** Who calls, from the access token. */
export interface Caller {
  /** The instance whose OAuth client got the token. */
  readonly instanceId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** The access token itself: a user's is what user-dependent destinations exchange. */
  readonly jwt: string;
}

/** xsappname of the Destination Service in XSUAA, without the suffix that XSUAA appends. */
export const MASTER_XSAPPNAME = 'destination-xsappname';

/** The service's own application, as tokens name it in `aud` and before the names of its scopes. */
const APPLICATION = `${MASTER_XSAPPNAME}${suffixes.master}`;
const permissions = ['Read', 'Modify'] as const;
export type Permission = (typeof permissions)[number];

/** The scope that tokens of every instance get for a permission, e.g. `destination-xsappname!b2.Read`. */
export function scopeOf(permission: Permission): string {
  return `${APPLICATION}.${permission}`;
}

export const allScopes: readonly string[] = permissions.map(scopeOf);

export interface AccessOptions {
  /** @throws jose's errors. */
  readonly verifyAccessToken: (jwt: string) => Promise<JWTPayload>;
  /** The instance that an OAuth client belongs to; undefined once it is deleted. */
  readonly instanceOfClient: (clientId: string) => string | undefined;
  /** Issuers of IAS tokens, which are told apart from rubbish. */
  readonly identityOrigins: readonly string[];
}

/** Checks the access token of each request. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /**
   * @throws {ServiceError} 401 when there is no token or it is not good for this service, 403 when it lacks the permission,
   * 422 for an IAS token where none is accepted.
   */
  async requirePermission(req: Request, permission: Permission): Promise<Caller> {
    const jwt = readBearerToken(req);
    this.#refuseIdentityToken(req, jwt);
    const caller = this.#readCaller(jwt, await this.#verify(jwt));
    if (!caller.permissions.has(permission))
      throw new ServiceError(403, `Forbidden: the access token has no scope ${scopeOf(permission)}`);
    return caller;
  }

  async #verify(jwt: string): Promise<JWTPayload> {
    try {
      return await this.#options.verifyAccessToken(jwt);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ServiceError(401, 'Unauthorized: the access token has expired');
      if (error instanceof errors.JOSEError)
        throw new ServiceError(401, `Unauthorized: the access token is not valid (${error.message})`);
      throw error;
    }
  }

  #readCaller(jwt: string, claims: JWTPayload): Caller {
    const audience = [claims.aud ?? []].flat();
    const { client_id: clientId, scope } = claims;
    const instanceId = typeof clientId === 'string' ? this.#options.instanceOfClient(clientId) : undefined;
    if (instanceId === undefined || !audience.includes(APPLICATION))
      throw new ServiceError(
        401,
        'Unauthorized: the access token is not one of a Destination Service instance; fetch it with the credentials of a binding or service key of the instance',
      );
    const scopes: readonly unknown[] = Array.isArray(scope) ? scope : [];
    return {
      instanceId,
      jwt,
      permissions: new Set(permissions.filter((permission) => scopes.includes(scopeOf(permission)))),
    };
  }

  /** IAS tokens are a matter of v1 alone, and there of a binding to IAS that this service does not have. */
  #refuseIdentityToken(req: Request, jwt: string): void {
    if (!this.#options.identityOrigins.includes(decodeClaims(jwt).iss ?? '')) return;
    if (req.originalUrl.includes('/v2/'))
      throw new ServiceError(
        422,
        'Unprocessable Content: tokens of the Identity Authentication service are not supported',
      );
    throw new ServiceError(401, 'Unauthorized: this landscape accepts tokens of XSUAA only');
  }
}

function readBearerToken(req: Request): string {
  const header = req.headers.authorization;
  if (header === undefined) throw new ServiceError(401, 'Unauthorized: there is no Authorization header');
  const token = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
  if (token === undefined) throw unreadableToken();
  return token;
}

function decodeClaims(jwt: string): JWTPayload {
  try {
    return decodeJwt(jwt);
  } catch {
    throw unreadableToken();
  }
}

function unreadableToken(): ServiceError {
  return new RecordedError(401, 'Unable to parse the JWT in Authorization Header.');
}
