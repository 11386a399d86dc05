import express, { type Express } from 'express';
import { createLogger } from '@mtls/platform';
import request from 'supertest';
import { handleError } from '../src/error-handler';
import { UpstreamError } from '../src/errors';
import { createRequestLog } from '../src/request-log';

describe('handleError', () => {
  const lines: string[] = [];
  const logger = createLogger({ component: 'backendmtls', destination: { write: (line) => void lines.push(line) } });

  it('tells the caller of an AppError its code, description and headers, and not its detail', async () => {
    const app = failingWith(new UpstreamError('XSUAA does not answer.', { detail: 'connect ECONNREFUSED' }));
    const response = await request(app).get('/').expect(503).expect('retry-after', '5');
    expect(response.body).toEqual({ error: 'temporarily_unavailable', error_description: 'XSUAA does not answer.' });
  });

  it.each(['application/json', 'text/html', 'text/plain'])(
    'tells the caller of a bug nothing, as %s, and the log everything but secrets',
    async (accept) => {
      lines.length = 0;
      const bug = Object.assign(new TypeError('secret place'), { agent: { key: 's3cret' } });
      const response = await request(failingWith(bug)).get('/').set('accept', accept).expect(500);
      expect(response.text).toContain('The backend failed. Its log says more.');
      expect(response.text).not.toMatch(/secret|TypeError|\bat /);
      expect(JSON.parse(await nextLine())).toMatchObject({
        level: 'error',
        error: 'server_error',
        err: { type: 'TypeError', message: 'secret place', stack: expect.stringContaining('test.ts') as string },
      });
      expect(lines.join()).not.toContain('s3cret');
    },
  );

  it.each([undefined, null, 'text', 5])('answers 500 when a handler throws %j', async (thrown) => {
    const app = express();
    app.use((_req, _res, next) => next(thrown ?? new Error('nothing')));
    app.use(handleError);
    await request(app).get('/').expect(500);
  });

  it('answers 400 to what Express calls the request’s fault', async () => {
    const app = express();
    app.get('/:name', (_req, res) => void res.send('no'));
    app.use(handleError);
    const response = await request(app).get('/%ff').expect(400);
    expect(response.body).toEqual({ error: 'bad_request', error_description: 'The request cannot be understood.' });
  });

  it('does not believe a status that claims success', async () => {
    await request(failingWith(Object.assign(new Error('odd'), { status: 200 })))
      .get('/')
      .expect(500);
  });

  it('cuts an answer that fails half-way, instead of making it look whole', async () => {
    const app = express();
    app.get('/', (_req, res) => {
      res.write('half');
      throw new Error('late');
    });
    app.use(handleError);
    await expect(request(app).get('/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  function failingWith(error: unknown): Express {
    const app = express();
    app.use(createRequestLog(logger));
    app.get('/', () => {
      throw error;
    });
    app.use(handleError);
    return app;
  }

  async function nextLine(): Promise<string> {
    for (const deadline = Date.now() + 2000; lines.length === 0 && Date.now() < deadline;) {
      await new Promise(setImmediate);
    }
    return lines[0] ?? '';
  }
});
