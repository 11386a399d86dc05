import { createLogger } from '@mtls/platform';
import express from 'express';
import request from 'supertest';
import { InternalError, NotFoundError, type AppError } from '../src/errors';
import { createRequestLog, recordFailure } from '../src/request-log';

describe('createRequestLog', () => {
  it('logs code and detail of a failure', async () => {
    const failure = new NotFoundError('Not here.', { detail: 'looked everywhere', cause: new Error('why') });
    const line = await logOf(failure);
    expect(line).toMatchObject({ response_status: 404, error: 'not_found', detail: 'looked everywhere' });
    expect(line).not.toHaveProperty('err');
  });

  it('logs what caused an error of this app itself', async () => {
    expect(await logOf(new InternalError(new TypeError('why')))).toMatchObject({
      response_status: 500,
      err: { type: 'TypeError', message: 'why' },
    });
  });

  /** The line about a request that fails. */
  async function logOf(failure: AppError): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const write = (line: string): void => resolve(JSON.parse(line));
      const app = express();
      app.use(createRequestLog(createLogger({ component: 'backendmtls', destination: { write } })));
      app.use((_req, res) => {
        recordFailure(res, failure);
        res.status(failure.status).end();
      });
      request(app).get('/lost').then(undefined, reject);
    });
  }
});
