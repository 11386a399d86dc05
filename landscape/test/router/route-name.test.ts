import { parseRouteName } from '../../src/router/route-name';

describe('parseRouteName', () => {
  it.each([
    ['app.cfapps.eu10.hana.ondemand.com', { host: 'app', domain: 'cfapps.eu10.hana.ondemand.com', certificate: false }],
    ['App.cert.CFAPPS.eu10.hana.ondemand.com/x', { host: 'app', path: '/x', certificate: true }],
    ['*.cert.cfapps.example', { host: '*', certificate: true }],
    ['cert.cfapps.example', { host: 'cert', certificate: false }],
    ['app.certain.example', { certificate: false }],
  ])('reads %s', (text, expected) => {
    expect(parseRouteName(text)).toMatchObject(expected);
  });

  it.each(['app', '', '.example', 'https://app.example', 'app.example?x', 'a b.example', 'app.example:8080'])(
    'refuses %p',
    (text) => {
      expect(parseRouteName(text)).toBeUndefined();
    },
  );
});
