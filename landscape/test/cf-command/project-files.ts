import type { World } from './world';

const server = `require('node:http').createServer((req, res) => res.end('shop')).listen(process.env.PORT, process.env.HOST);\n`;
const packageJson = `{ "name": "app", "version": "1.0.0", "private": true, "scripts": { "start": "node server.js" } }\n`;

const files: Readonly<Record<string, string>> = {
  'shop/package.json': packageJson,
  'shop/server.js': server,
  'crash/package.json': packageJson,
  'crash/server.js': `console.error('no database');\nprocess.exit(1);\n`,
  'page/index.html': '<!doctype html>\n',
  'empty/.cfignore': '*\n',
  'manifest.yml': `version: 1
applications:
- name: shop
  path: shop
  memory: 64M
  disk_quota: 128M
  command: exec node server.js
  routes:
  - route: ((host)).cfapps.localhost
  - route: ((host)).cert.cfapps.localhost
  env:
    GREETING: hello
    SELF_URL: https://((host)).cert.cfapps.localhost/there
  services:
  - name: uaa
    parameters: {credential-type: x509}
`,
  'vars.yml': 'host: shop-x\n',
  'two.yml': `applications:
- name: first
  path: shop
  memory: 64M
  no-route: true
- name: second
  path: shop
  memory: 64M
  random-route: false
`,
  'xs-security.json': `{
  "xsappname": "shop",
  "tenant-mode": "dedicated",
  "oauth2-configuration": { "credential-types": ["x509"] }
}
`,
  'xs-security-all.json': `{
  "xsappname": "shop",
  "tenant-mode": "dedicated",
  "oauth2-configuration": { "credential-types": ["binding-secret", "x509"] }
}
`,
  'config-binding.json': `{
  "credential-type": "x509",
  "x509": { "key-length": 2048, "validity": 1, "validity-type": "DAYS" }
}
`,
  'credentials.json': '{ "url": "https://partner.example", "user": "shop" }\n',
  'bad/type.yml': 'applications:\n- name: bad\n  path: ../shop\n  instances: two\n',
  'bad/memory.yml': 'applications:\n- name: bad\n  path: ../shop\n  memory: lots\n',
  'bad/unit.yml': 'applications:\n- name: bad\n  path: ../shop\n  memory: 64\n  disk_quota: 0M\n',
  'bad/variable.yml': 'applications:\n- name: bad\n  path: ../shop\n  routes:\n  - route: ((host)).((domain))\n',
  'bad/syntax.yml': 'applications:\n- name: bad\n  path: [../shop\n',
  'bad/path.yml': 'applications:\n- name: bad\n  path: ../nowhere\n',
  'bad/health.yml': 'applications:\n- name: bad\n  path: ../shop\n  health-check-type: tcp\n  timeout: 0\n',
  'bad/env.yml': 'applications:\n- name: bad\n  path: ../shop\n  env: {PORT: 8080}\n',
  'bad/route.yml': 'applications:\n- name: bad\n  path: ../shop\n  routes:\n  - route: no route.example\n',
  'bad/buildpack.yml': 'applications:\n- name: bad\n  path: ../shop\n  buildpacks: [node]\n',
  'bad/services.yml': 'applications:\n- name: bad\n  path: ../shop\n  services: uaa\n',
  'bad/nameless.yml': 'applications:\n- path: ../shop\n- name: bad\n  path: ../shop\n',
  'bad/none.yml': 'application:\n- name: bad\n',
  'bad/key.yml': 'applications:\n- name: ignored\n  path: ../shop\n  memroy: 64M\n  no-route: true\n',
  'bad/instance.yml': 'applications:\n- name: bad\n  path: ../shop\n  no-route: true\n  services: [nobody]\n',
  'bad/binding.yml': `applications:
- name: bad
  path: ../shop
  no-route: true
  services:
  - name: uaa
    parameters: {credential-type: x509, x509: {validity: 31, validity-type: DAYS}}
`,
  'bad/vars.yml': '- host\n',
  'bad/security.json': '{ "xsappname": "bad", "tenant-mode": "dedicatd" }\n',
  'trailing-comma.json': '{\n  "xsappname": "shop",\n  "oauth2-configuration": { "credential-types": ["x509",] }\n}\n',
};

/** Files that the transcripts name. */
export function writeProjectFiles(world: World): void {
  for (const [name, content] of Object.entries(files)) world.write(name, content);
}
