import type { VNode } from 'preact';
import type { AppError } from '../errors';
import { Page } from './page';

const titles: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood',
  401: 'No entry without a valid access token',
  403: 'The access token does not allow this',
  404: 'There is nothing here',
  405: 'This path does not answer such a request',
  500: 'The backend failed',
  503: 'A service that the backend needs is not available',
};

const titlesOfCodes: Readonly<Record<string, string>> = {
  missing_certificate: 'No entry without a client certificate',
  invalid_certificate: 'The client certificate is not accepted',
  missing_role: 'The client certificate does not allow this',
};

/** What a browser sees of an error: what is wrong, in words, and the codes last. */
export function errorPage({ status, code, description }: Pick<AppError, 'status' | 'code' | 'description'>): VNode {
  return (
    <Page title={titlesOfCodes[code] ?? titles[status] ?? 'The request failed'}>
      <p>{description}</p>
      <p>
        <code>
          {status} {code}
        </code>
      </p>
    </Page>
  );
}
