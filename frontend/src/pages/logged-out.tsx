import { MessageStrip } from './message-strip';
import { renderPage, type ShellModel } from './shell';

export interface LoggedOutModel {
  readonly shell: ShellModel;
  /** Where the login at XSUAA is ended; the browser goes there by itself. */
  readonly next: string;
}

/** Renders the page between the end of the session and the end of the login at XSUAA. */
export function renderLoggedOut({ shell, next }: LoggedOutModel): string {
  return renderPage({
    shell,
    title: 'Logged out',
    header: <h1 class="fd-title fd-title--h3 fd-title--wrap">Logged out</h1>,
    children: (
      <>
        <div class="messages">
          <MessageStrip kind="success" title="Your session with this app has ended.">
            <p>Your browser now goes on to XSUAA, so that your login there ends, too.</p>
          </MessageStrip>
        </div>
        <p>
          <a class="fd-button fd-button--emphasized" href={next}>
            <span class="fd-button__text">Go on</span>
          </a>
        </p>
      </>
    ),
  });
}
