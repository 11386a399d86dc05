import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, AgentOptions } from 'node:https';
import type { Upstream } from './upstream';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer with any status; the body is not parsed yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly text: string;
}

/** Sends requests over kept connections, follows no redirect, and knows no error but `UpstreamError`. */
export interface HttpClient {
  /** @throws {UpstreamError} when no complete answer came within the upstream's time-out. */
  send(upstream: Upstream, request: HttpRequest): Promise<HttpAnswer>;
}

/** Makes the TLS agent of a client; a test passes one that trusts its own CA and counts. */
export type CreateAgent = (options: AgentOptions) => Agent;
