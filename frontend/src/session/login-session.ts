import type { Request } from 'express';
import { SessionStoreError } from '../login/login-errors';
import type { LoginTokens } from '../login/login-tokens';
import './session-data';

/**
 * Begins the session of a user who has just logged in, under an id that nobody can have known before.
 * @throws {SessionStoreError}
 */
export async function beginLogin(req: Request, tokens: LoginTokens): Promise<void> {
  await settle((done) => req.session.regenerate(done));
  await replaceLogin(req, tokens);
}

/** Keeps other tokens for the same user. @throws {SessionStoreError} */
export async function replaceLogin(req: Request, tokens: LoginTokens): Promise<void> {
  req.session.login = tokens;
  await settle((done) => req.session.save(done));
}

/** Ends the session. @throws {SessionStoreError} */
export async function endLogin(req: Request): Promise<void> {
  await settle((done) => req.session.destroy(done));
}

/**
 * Reads what the store holds now: another request may have renewed the tokens, or ended the session, then undefined. The
 * request's own session stays as it is, so that its end does not write it once more.
 * @throws {SessionStoreError}
 */
export async function readStoredLogin(req: Request): Promise<LoginTokens | undefined> {
  return new Promise((resolve, reject) => {
    req.sessionStore.get(req.sessionID, (error: unknown, session) => {
      if (error === undefined || error === null) resolve(session?.login);
      else reject(new SessionStoreError(error));
    });
  });
}

function settle(act: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => (error === undefined || error === null ? resolve() : reject(new SessionStoreError(error))));
  });
}
