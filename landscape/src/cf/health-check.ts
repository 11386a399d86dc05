import { get } from 'node:http';
import { connect } from 'node:net';
import type { HealthCheck } from './app-types';
import { errorCode } from '../error-code';
import { HOST } from '../settings';

const PORT_CHECK_TIMEOUT_MS = 1_000;

/** Checks a container once. Resolves with undefined when it is healthy, else with the reason in Cloud Foundry's words. */
export async function checkHealth(check: HealthCheck, port: number): Promise<string | undefined> {
  if (check.type === 'process') return undefined;
  return check.type === 'port' ? checkPort(port) : checkHttp(check, port);
}

function checkPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: PORT_CHECK_TIMEOUT_MS });
    const finish = (reason?: string): void => {
      socket.destroy();
      resolve(reason === undefined ? undefined : `Failed to make TCP connection to ${HOST}:${port}: ${reason}`);
    };
    socket.once('connect', () => finish());
    socket.once('timeout', () => finish('i/o timeout'));
    socket.once('error', (error) => finish(describe(error)));
  });
}

/** Exactly 200 counts, within the invocation time-out (1 s unless the manifest says otherwise). */
function checkHttp(check: HealthCheck, port: number): Promise<string | undefined> {
  const path = check.httpEndpoint ?? '/';
  const seconds = check.invocationTimeoutSeconds ?? 1;
  const began = performance.now();
  return new Promise((resolve) => {
    const fail = (reason: string): void =>
      resolve(`Failed to make HTTP request to '${path}' on port ${port}: ${reason}`);
    // A connection of its own: a kept one would not notice that the port is closed.
    const request = get({ host: HOST, port, path, agent: false, signal: AbortSignal.timeout(seconds * 1000) });
    request.once('response', (response) => {
      response.resume();
      response.once('error', () => {}); // the time-out of a slow body
      if (response.statusCode === 200) resolve(undefined);
      else fail(`received status code ${response.statusCode} in ${Math.round(performance.now() - began)}ms`);
    });
    request.once('error', (error) =>
      fail(error.name === 'AbortError' ? `timed out after ${seconds}s` : describe(error)),
    );
  });
}

function describe(error: Error): string {
  return errorCode(error) === 'ECONNREFUSED' ? 'connection refused' : error.message;
}
