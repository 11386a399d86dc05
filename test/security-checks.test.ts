import { join } from 'node:path';
import { createParty } from './attacks/party';
import { credentialsOf, readRoot, succeed } from './support/bindings';
import { root, startLandscape, type RunningLandscape } from './support/running-landscape';
import { findMissingLine, readTutorial, TutorialShell } from './support/tutorial';

const LIMIT_MS = 90_000;

/** What SECURITY.md lets a reader ask the router of his own landscape, asked of ours. */
describe('the checks of SECURITY.md', () => {
  let landscape: RunningLandscape;
  let shell: TutorialShell;

  beforeAll(async () => {
    landscape = await startLandscape();
    const ca = await readRoot(landscape);
    const credentials = await credentialsOf(landscape, 'backendmtls', 'xsuaa');
    const { bound } = await createParty(landscape, { name: 'XSUAA', ca, credentials });
    const env = {
      ...landscape.env,
      CURL_CA_BUNDLE: (await succeed(landscape.control('trust', '--file'))).trim(),
      TOKEN: bound,
      CERTIFICATE: landscape.url('certificate'),
      PLAIN: landscape.url('backend'),
    };
    shell = new TutorialShell({ cwd: root, env });
  }, LIMIT_MS);
  afterAll(async () => {
    await shell?.end();
    await landscape?.stop();
  }, LIMIT_MS);

  const steps = readTutorial(join(root, 'SECURITY.md'));

  it('are three requests behind one definition', () => {
    expect(steps.map(({ expected }) => expected.length)).toEqual([0, 2, 2, 2]);
  });

  it.each(steps.map((step) => [step.commands.split('\n')[0], step] as const))('%s', async (_comment, step) => {
    const { code, output } = await shell.run(step.commands);
    expect({ output, missing: findMissingLine(output, step.expected), code }).toEqual({
      output,
      missing: undefined,
      code: 0,
    });
    expect(output).not.toMatch(/cannot be read|where no client certificate can arrive/);
  });
});
