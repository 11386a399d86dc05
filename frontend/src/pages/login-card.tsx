import type { JSX } from 'preact';
import { CertificateStatus } from './certificate-status';
import { Status } from './status';

export interface LoginCardModel {
  /** When the certificate that the app logs users in with ends; ISO 8601, UTC. */
  readonly certificateNotAfter?: string | undefined;
}

/** Shows on the start page what users who log in can see: the login itself, and the four grants. */
export function LoginCard({ certificateNotAfter, now }: LoginCardModel & { readonly now: Date }): JSX.Element {
  return (
    <article class="fd-card scenario-card scenario-card--ready" aria-labelledby="scenario-login">
      <div class="fd-card__header">
        <div class="fd-card__header-main scenario-card__header">
          <h3 class="fd-card__title" id="scenario-login">
            On behalf of a user
          </h3>
          <Status tone="positive" text="Ready" />
        </div>
      </div>
      <div class="fd-card__content scenario-card__content">
        <p class="scenario-card__description">
          Logs a user in at XSUAA, calls the backend with the user’s token, and exchanges it for tokens of other
          services. The page <a href="/grants">The four grants</a> explains and runs each way to a token of XSUAA.
        </p>
        {certificateNotAfter !== undefined && (
          <dl class="facts scenario-card__facts">
            <dt>Certificate</dt>
            <dd>
              <CertificateStatus notAfter={certificateNotAfter} now={now} />
            </dd>
          </dl>
        )}
        <a class="fd-button fd-button--emphasized" href="/user">
          <span class="fd-button__text">
            Log in<span class="sr-only"> and see what is done on your behalf</span>
          </span>
        </a>
      </div>
    </article>
  );
}
