import { CfSession } from '../../src/cf/command/session';
import { target } from './world';

const loggedIn = { api: target.api, user: target.user, org: 'my-org', space: 'dev' };

describe('CfSession', () => {
  it('is logged in and targeted when there is no state yet', () => {
    expect(CfSession.parse(undefined, target).toJSON()).toEqual(loggedIn);
    expect(CfSession.parse({ preferences: { colour: true } }, target)).toMatchObject({
      state: loggedIn,
      preferences: { colour: true },
    });
  });

  it('stays logged out after logout', () => {
    expect(CfSession.parse({ api: target.api }, target).toJSON()).toEqual({ api: target.api });
  });

  it('keeps a user of another name, and drops an org or space that this landscape does not have', () => {
    const state = { ...loggedIn, user: 'me@example.com' };
    expect(CfSession.parse(state, target).toJSON()).toEqual(state);
    expect(CfSession.parse({ ...state, space: 'other' }, target).toJSON()).toEqual({
      api: target.api,
      user: 'me@example.com',
      org: 'my-org',
    });
    expect(CfSession.parse({ ...state, org: 'other' }, target).toJSON()).toEqual({
      api: target.api,
      user: 'me@example.com',
    });
  });

  it('takes what is no session for none, and never keeps preferences', () => {
    expect(CfSession.parse({ api: 7 }, target).toJSON()).toEqual(loggedIn);
    expect(CfSession.parse('text', target).toJSON()).toEqual(loggedIn);
    expect(CfSession.parse({ ...loggedIn, preferences: {} }, target).toJSON()).toEqual(loggedIn);
  });
});
