import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
beforeAll(async () => {
  running = await startDestinationService();
});
afterAll(() => running.close());

type Body = Record<string, unknown>;

const destination = (name: string, properties: Body = {}): Body => ({
  Name: name,
  Type: 'HTTP',
  URL: 'https://backend.example',
  ProxyType: 'Internet',
  Authentication: 'NoAuthentication',
  ...properties,
});

describe.each(['subaccount', 'instance'] as const)('destinations on %s level', (level) => {
  const path = `/v1/${level}Destinations`;
  const post = (body: unknown): Promise<Answer> => running.call({ method: 'POST', path, body });
  const put = (body: unknown): Promise<Answer> => running.call({ method: 'PUT', path, body });
  const get = (name: string, headers = {}): Promise<Answer> => running.call({ path: `${path}/${name}`, headers });
  const remove = (name: string): Promise<Answer> => running.call({ method: 'DELETE', path: `${path}/${name}` });
  const removeBy = (filter: string): Promise<Answer> =>
    running.call({ method: 'DELETE', path: `${path}?$filter=${encodeURIComponent(filter)}` });

  it('creates one with 201 and no body, returns it flat, and deletes it with a count', async () => {
    expect(await post(destination('crud', { Description: 'a' }))).toMatchObject({ status: 201, text: '' });
    const answer = await get('crud');
    expect(answer).toMatchObject({ status: 200, json: destination('crud', { Description: 'a' }) });
    expect(answer.headers.etag).toMatch(/^[0-9a-f]{64}$/);
    expect(await remove('crud')).toMatchObject({ status: 200, json: { Count: 1 } });
    expect((await get('crud')).status).toBe(404);
    expect(await remove('crud')).toMatchObject({
      status: 404,
      text: 'Configuration with the specified name was not found',
    });
  });

  it('refuses a name that exists with 409', async () => {
    await post(destination('twice'));
    expect(await post(destination('twice'))).toMatchObject({
      status: 409,
      json: { ErrorMessage: "Duplicate key: a destination with the name 'twice' exists already" },
    });
  });

  it('replaces the whole destination, and creates none', async () => {
    await post(destination('replaced', { Description: 'a' }));
    expect(await put(destination('replaced', { other: 'b' }))).toMatchObject({ status: 200, json: { Count: 1 } });
    expect((await get('replaced')).json).toEqual(destination('replaced', { other: 'b' }));
    expect(await put(destination('not-there'))).toMatchObject({
      status: 404,
      json: { ErrorMessage: 'Configuration with the specified name was not found' },
    });
  });

  it('answers conditional requests', async () => {
    await post(destination('conditional'));
    const { etag = '' } = (await get('conditional')).headers;
    expect(await get('conditional', { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
    expect((await get('conditional', { 'if-none-match': 'x' })).status).toBe(200);
    expect((await get('conditional', { 'if-match': etag })).status).toBe(200);
    expect((await get('conditional', { 'if-match': 'x' })).status).toBe(412);
  });

  it('creates and replaces several, with a result for each', async () => {
    const created = await post([destination('bulk-1'), destination('bulk-2')]);
    expect(created).toMatchObject({
      status: 201,
      json: [
        { name: 'bulk-1', status: 201, etag: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        { name: 'bulk-2', status: 201, etag: expect.any(String) as string },
      ],
    });
    const etag = (created.json as { etag: string }[])[0]?.etag;
    expect((await get('bulk-1')).headers.etag).toBe(etag);
    expect(await put([destination('bulk-1', { a: 'b' }), destination('bulk-2')])).toMatchObject({
      status: 200,
      json: [
        { name: 'bulk-1', status: 200 },
        { name: 'bulk-2', status: 200 },
      ],
    });
  });

  it('answers 207 when some of several failed, and keeps the others', async () => {
    await post(destination('mixed-1'));
    expect(await post([destination('mixed-1'), destination('mixed-2'), { Name: 'mixed-3' }])).toMatchObject({
      status: 207,
      json: [
        { name: 'mixed-1', status: 409, cause: expect.stringContaining('mixed-1') as string },
        { name: 'mixed-2', status: 201, etag: expect.any(String) as string },
        { name: 'mixed-3', status: 400, cause: 'The property Type is missing or empty' },
      ],
    });
    expect((await get('mixed-2')).status).toBe(200);
    expect(await put([destination('mixed-1'), destination('mixed-4')])).toMatchObject({
      status: 207,
      json: [{ status: 200 }, { name: 'mixed-4', status: 404 }],
    });
  });

  it('deletes by a list of names and says what became of each', async () => {
    await post([destination('our-team’s app'), destination('gone')]);
    const names = ['our-team’s app', 'gone', 'never'].map((name) => `'${encodeURIComponent(name)}'`);
    expect(await removeBy(`Name in (${names.join(', ')})`)).toMatchObject({
      status: 200,
      json: {
        Count: 2,
        Summary: [
          { name: 'our-team’s app', status: 'DELETED' },
          { name: 'gone', status: 'DELETED' },
          { name: 'never', status: 'NOT_FOUND', reason: 'Could not find configuration' },
        ],
      },
    });
  });

  it('deletes nothing without a filter, or with one that is no list', async () => {
    expect((await running.call({ method: 'DELETE', path })).status).toBe(400);
    expect((await removeBy("startswith(Name, 'a')")).status).toBe(400);
  });

  it('does not delete a destination that provides assertions for another', async () => {
    await post([destination('provider'), destination('user', { SAMLAssertionProvider: 'provider' })]);
    expect(await remove('provider')).toMatchObject({
      status: 400,
      text: "Cannot perform operation on the destination 'provider' because it is used as an assertion provider for destination 'user'",
    });
    expect(await removeBy("Name in ('provider')")).toMatchObject({
      status: 400,
      text: 'Unable to remove Configurations "[provider]".',
    });
    expect(await removeBy("Name in ('provider', 'user')")).toMatchObject({ status: 200, json: { Count: 2 } });
  });

  it.each([
    ['no body', undefined, 'has no body'],
    ['a body that is no JSON', '{"Name": -----BEGIN', '"Bad Request: the body is no valid JSON"'],
    ['an empty array', [], 'the array is empty'],
    ['a text', '"text"', 'the body is no valid JSON'],
    ['a nested value', destination('x', { a: {} }), 'The value of the property a must be a string'],
  ])('refuses %s with 400', async (_what, body: unknown, reason) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.text).toContain(reason);
  });
});

describe('levels', () => {
  it('are separate: the same name may be on both', async () => {
    for (const level of ['subaccount', 'instance'])
      expect(
        (await running.call({ method: 'POST', path: `/v1/${level}Destinations`, body: destination('same') })).status,
      ).toBe(201);
    await running.call({ method: 'DELETE', path: '/v1/instanceDestinations/same' });
    expect((await running.call({ path: '/v1/subaccountDestinations/same' })).status).toBe(200);
  });
});

describe.each(['subaccount', 'instance'] as const)('fragments on %s level', (level) => {
  const path = `/v1/${level}DestinationFragments`;
  const send = (method: string, body: unknown): Promise<Answer> => running.call({ method, path, body });

  it('are created, listed, replaced, returned and deleted', async () => {
    expect(await send('POST', { FragmentName: 'f', a: '1' })).toMatchObject({ status: 201, text: '' });
    expect(await running.call({ path })).toMatchObject({ status: 200, json: [{ FragmentName: 'f', a: '1' }] });
    expect(await send('PUT', { FragmentName: 'f', b: '2' })).toMatchObject({ status: 200, json: { Count: 1 } });
    const answer = await running.call({ path: `${path}/f` });
    expect(answer).toMatchObject({ status: 200, json: { FragmentName: 'f', b: '2' } });
    expect(answer.headers.etag).toMatch(/^[0-9a-f]{64}$/);
    expect((await running.call({ method: 'DELETE', path: `${path}/f` })).json).toEqual({ Count: 1 });
    expect((await running.call({ method: 'DELETE', path: `${path}/f` })).json).toEqual({ Count: 0 });
  });

  it('are refused with the reason as JSON', async () => {
    const refusals: [string, unknown, number, string][] = [
      ['POST', { a: '1' }, 400, 'The property FragmentName is missing or empty'],
      ['POST', { FragmentName: 'f', Name: 'x' }, 400, 'A fragment must not contain the property Name'],
      ['POST', [{ FragmentName: 'f' }], 400, 'A configuration is a JSON object of properties'],
      ['PUT', { FragmentName: 'no' }, 404, "The fragment with the specified name 'no' was not found"],
    ];
    for (const [method, body, status, ErrorMessage] of refusals)
      expect(await send(method, body)).toMatchObject({ status, json: { ErrorMessage } });
    await send('POST', { FragmentName: 'twice' });
    expect(await send('POST', { FragmentName: 'twice' })).toMatchObject({
      status: 409,
      json: { ErrorMessage: "The fragment with the specified name 'twice' already exists." },
    });
    expect(await running.call({ path: `${path}/no` })).toMatchObject({
      status: 404,
      json: { ErrorMessage: "The fragment with the specified name 'no' was not found" },
    });
  });
});
