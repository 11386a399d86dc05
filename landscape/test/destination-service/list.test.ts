import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
const names = Array.from({ length: 23 }, (_, index) => `SAP_${String(index + 1).padStart(2, '0')}`);
beforeAll(async () => {
  running = await startDestinationService();
  const bodies = names.map((Name) => ({ Name, Type: 'HTTP', URL: 'https://a.example' }));
  expect((await running.call({ method: 'POST', path: '/v1/subaccountDestinations', body: bodies })).status).toBe(201);
  const Content = Buffer.from(running.ca.rootPem).toString('base64');
  const certificates = ['a.pem', "b's.pem", 'c.cer'].map((Name) => ({ Name, Content }));
  await running.call({ method: 'POST', path: '/v1/subaccountCertificates', body: certificates });
});
afterAll(() => running.close());

function list(query: Record<string, string>, kind = 'Destinations'): Promise<Answer> {
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return running.call({ path: `/v1/subaccount${kind}?${search.join('&')}` });
}
const namesOf = (answer: Answer): string[] => (answer.json as { Name: string }[]).map(({ Name }) => Name);

describe('a list', () => {
  it('holds all configurations in the order of their creation, without metadata', async () => {
    const answer = await list({});
    expect(namesOf(answer)).toEqual(names);
    expect((answer.json as object[])[0]).toEqual({ Name: 'SAP_01', Type: 'HTTP', URL: 'https://a.example' });
    expect(answer.headers['link']).toBeUndefined();
  });

  it('is empty where there are none', async () => {
    expect((await running.call({ path: '/v1/instanceDestinations' })).json).toEqual([]);
  });

  it('holds names only when they are selected', async () => {
    expect((await list({ $select: 'Name' })).json).toEqual(names.map((Name) => ({ Name })));
    expect((await list({ $select: 'Name' }, 'Certificates')).json).toEqual([
      { Name: 'a.pem' },
      { Name: "b's.pem" },
      { Name: 'c.cer' },
    ]);
  });

  it('holds the metadata that is asked for', async () => {
    const [entry] = (await list({ $filter: "Name in ('SAP_01')", $includeMetadata: 'modification_time;etag' }))
      .json as [{ $metadata: { modification_time: string; etag: string } }];
    expect(Date.parse(entry.$metadata.modification_time)).toBeLessThanOrEqual(Date.now());
    const one = await running.call({ path: '/v1/subaccountDestinations/SAP_01' });
    expect(entry.$metadata.etag).toBe(one.headers.etag);
    expect(one.json).not.toHaveProperty('$metadata');
  });
});

describe('a page', () => {
  it('has ten entries by default, and links to its neighbours', async () => {
    const first = await list({ $page: '1' });
    expect(namesOf(first)).toEqual(names.slice(0, 10));
    expect(first.headers['link']).toBe("</subaccountDestinations?$page=2&$pageSize=10>; rel='next'");
    const second = await list({ $page: '2' });
    expect(namesOf(second)).toEqual(names.slice(10, 20));
    expect(second.headers['link']).toBe(
      "</subaccountDestinations?$page=1&$pageSize=10>; rel='previous', </subaccountDestinations?$page=3&$pageSize=10>; rel='next'",
    );
    const third = await list({ $page: '3' });
    expect(namesOf(third)).toEqual(names.slice(20));
    expect(third.headers['link']).toBe("</subaccountDestinations?$page=2&$pageSize=10>; rel='previous'");
    expect(first.headers).not.toHaveProperty('page-count');
    expect(first.headers).not.toHaveProperty('entity-count');
  });

  it('has the size and the counts that are asked for', async () => {
    const answer = await list({ $page: '2', $pageSize: '5', $pageCount: 'true', $entityCount: 'true' });
    expect(namesOf(answer)).toEqual(names.slice(5, 10));
    expect(answer.headers).toMatchObject({ 'page-count': '5', 'entity-count': '23' });
  });

  it('is empty behind the last one', async () => {
    const answer = await list({ $page: '9' });
    expect(answer.json).toEqual([]);
    expect(answer.headers['link']).toBe("</subaccountDestinations?$page=3&$pageSize=10>; rel='previous'");
  });

  it('works for certificates too', async () => {
    const answer = await list({ $page: '2', $pageSize: '2', $entityCount: 'true' }, 'Certificates');
    expect(namesOf(answer)).toEqual(['c.cer']);
    expect(answer.headers['entity-count']).toBe('3');
  });
});

describe('a filter', () => {
  it.each([
    ["Name in ('SAP_02', 'SAP_01', 'nothing')", ['SAP_01', 'SAP_02']],
    ["startswith(Name, 'SAP_0')", names.slice(0, 9)],
    ["endswith(Name, '5')", ['SAP_05', 'SAP_15']],
    ["modifiedwithin('30', 'minutes')", names],
    ["startswith(Name, '''x')", []],
  ])('%s selects what it says', async ($filter, expected) => {
    expect(namesOf(await list({ $filter }))).toEqual(expected);
  });

  it('can be written with + for blanks, as curl does it', async () => {
    const path = '/v1/subaccountCertificates?$filter=Name+in+%28%27a.pem%27%2C+%27b%2527s.pem%27%29';
    expect(namesOf(await running.call({ path }))).toEqual(['a.pem', "b's.pem"]);
  });

  it('of certificates can only be a list of names', async () => {
    expect((await list({ $filter: "startswith(Name, 'a')" }, 'Certificates')).status).toBe(400);
  });
});

describe('a query', () => {
  it.each([
    [{ $select: 'Name', $page: '1' }, '$select and $page cannot be combined'],
    [{ $select: 'Name', $filter: "Name in ('a')" }, '$select and $filter cannot be combined'],
    [{ $page: '1', $includeMetadata: 'etag' }, '$page and $includeMetadata cannot be combined'],
    [{ $select: 'URL' }, '$select can only be Name'],
    [{ $page: '0' }, '$page must be a whole number from 1'],
    [{ $page: '1.5' }, '$page must be a whole number from 1'],
    [{ $page: '1', $pageSize: '1001' }, '$pageSize must be a whole number from 1 to 1000'],
    [{ $page: '1', $pageCount: 'yes' }, '$pageCount must be true or false'],
    [{ $pageSize: '5' }, '$pageSize is allowed only together with $page'],
    [{ $entityCount: 'true' }, '$entityCount is allowed only together with $page'],
    [{ $includeMetadata: 'owner' }, '$includeMetadata can hold modification_time and etag'],
    [{ $filter: "contains(Name, 'a')" }, 'is none of'],
  ] as [Record<string, string>, string][])('is refused with 400 when it is %j', async (query, reason) => {
    const answer = await list(query);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });
});
