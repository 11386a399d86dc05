import type { VNode } from 'preact';
import { CSRF_NAME } from '../csrf';
import { Page } from './page';

export interface LoginPageProps {
  readonly service: string;
  /** Where the form is sent to. */
  readonly action: string;
  readonly csrfToken: string;
  /** Query of the authorization request that waits for the login. */
  readonly continuation: string;
  /** Client that asks for the login. */
  readonly client?: string;
  readonly username?: string;
  readonly problem?: string;
}

export function LoginPage(props: LoginPageProps): VNode {
  const { service, action, csrfToken, continuation, client, username, problem } = props;
  return (
    <Page service={service} title="Log in">
      {client !== undefined && (
        <p>
          for <code>{client}</code>
        </p>
      )}
      {problem !== undefined && <p role="alert">{problem}</p>}
      <form method="post" action={action}>
        <input type="hidden" name={CSRF_NAME} value={csrfToken} />
        <input type="hidden" name="continue" value={continuation} />
        <label>
          Email or user name
          <input name="username" autocomplete="username" required autofocus={username === undefined} value={username} />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            autofocus={username !== undefined}
          />
        </label>
        <button type="submit">Log in</button>
      </form>
      <p>
        Users and passwords are in <code>users.json</code> of the landscape; its summary names them.
      </p>
    </Page>
  );
}
