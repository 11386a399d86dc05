import { claimsOf, startXsuaa, type RunningXsuaa } from './running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let xsuaa: RunningXsuaa;
beforeAll(async () => {
  xsuaa = await startXsuaa();
});
afterAll(() => xsuaa.close());

describe('authorities', () => {
  const scopesOf = async (credentials: Record<string, string>) =>
    claimsOf(await xsuaa.fetchToken(credentials))['scope'];

  it('are scopes of the application itself that its descriptor lists', async () => {
    const instanceId = await xsuaa.createInstance({
      xsappname: 'own',
      scopes: [{ name: '$XSAPPNAME.Read' }, { name: '$XSAPPNAME.Write' }],
      authorities: ['$XSAPPNAME.Read'],
    });
    const { credentials } = await xsuaa.bind(instanceId);
    expect(await scopesOf(credentials)).toEqual(['uaa.resource', 'own!t1.Read']);
  });

  it('are scopes that another application grants and this one accepts, as long as both do', async () => {
    const client = 'client';
    const name = 'granting';
    const instance = (authorities: string[]) => xsuaa.createInstance({ xsappname: client, authorities });
    const granting = await xsuaa.createInstance({
      xsappname: name,
      scopes: [
        { name: '$XSAPPNAME.Job', 'grant-as-authority-to-apps': [`$XSAPPNAME(application,${client})`] },
        { name: '$XSAPPNAME.Mail', 'grant-as-authority-to-apps': ['$XSSERVICENAME(mtlsXsuaa)'] },
        { name: '$XSAPPNAME.Other', 'grant-as-authority-to-apps': ['$XSAPPNAME(application,somebody)'] },
        { name: '$XSAPPNAME.Own' },
      ],
    });
    const scopesWith = async (authorities: string[]) => {
      const instanceId = await instance(authorities);
      const scopes = await scopesOf((await xsuaa.bind(instanceId)).credentials);
      await xsuaa.broker.deleteInstance(instanceId);
      return scopes;
    };
    const [job, mail] = [`${name}!t1.Job`, `${name}!t1.Mail`];
    expect(await scopesWith([])).toEqual(['uaa.resource']);
    expect(await scopesWith(['$ACCEPT_GRANTED_AUTHORITIES'])).toEqual(['uaa.resource', job, mail]);
    expect(await scopesWith([`$XSAPPNAME(application,${name}).Job`])).toEqual(['uaa.resource', job]);
    expect(await scopesWith([`$XSAPPNAME(application,${name}).Own`])).toEqual(['uaa.resource']);
    await xsuaa.broker.deleteInstance(granting);
    expect(await scopesWith(['$ACCEPT_GRANTED_AUTHORITIES'])).toEqual(['uaa.resource']);
  });
});
