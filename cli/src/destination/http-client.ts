import { parseBody } from '../probe/body';
import { readAddress, refusePlainHttp, type CallSettings } from '../probe/call-settings';
import { sendRequest } from '../probe/send-request';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed where it is JSON, whatever its content type says; else the text. */
  readonly body: unknown;
}

export interface HttpClientOptions {
  /** How messages call the other side, e.g. `Destination Service`. */
  readonly party: string;
  /** Sent as bearer token. */
  readonly token: string;
  readonly settings: CallSettings;
}

export type SendRequest = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Creates the function that calls one REST API: any status is an answer, redirects are not followed.
 * @returns a function that throws {HopFailure} naming the step that failed, and {UsageFailure} for plain http.
 */
export function createHttpClient({ party, token, settings }: HttpClientOptions): SendRequest {
  return async ({ method, url: address, body }) => {
    const url = readAddress(address, `The address of the ${party}`);
    refusePlainHttp(url, 'The token', settings);
    const answer = await sendRequest({
      ...settings,
      url,
      party,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      proxy: settings.proxyFor(url),
    });
    return { status: answer.status, body: parseBody(answer.body) };
  };
}
