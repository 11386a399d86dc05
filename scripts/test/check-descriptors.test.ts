import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkDescriptors, DescriptorCopy, root, shipped } from './support/descriptors';

const copy = DescriptorCopy.use();

describe('the shipped descriptors', () => {
  it('are sound and agree with each other', () => {
    expect(checkDescriptors(root).problems).toEqual([]);
    expect(checkDescriptors(copy.folder)).toEqual({ files: shipped, problems: [] });
  });

  it('make the check end with 0, and with 1 and file:line once one is broken', () => {
    const run = () =>
      spawnSync(process.execPath, [join(root, 'scripts', 'check-descriptors.mjs'), '--root', copy.folder], {
        encoding: 'utf8',
      });
    expect(run()).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('agree with each other') as string,
    });
    copy.edit('manifest.yml', 'disk_quota: 256M', 'disk_quota: lots');
    expect(run()).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^manifest\.yml:\d+: .*lots/) as string,
    });
  });
});

describe('a descriptor that is missing', () => {
  it('is named', () => {
    rmSync(join(copy.folder, 'vars.yml'));
    expect(checkDescriptors(copy.folder).problems).toEqual([
      { file: 'vars.yml', line: 1, message: expect.stringContaining('is missing') as string },
    ]);
  });
});

describe('descriptors of further scenarios', () => {
  it('are checked once they exist', () => {
    copy.write('manifest-ias.yml', copy.read('manifest.yml').replaceAll('memory: 128M', 'memory: 256M'));
    copy.write('config_ias.json', '{"oauth2-configuration": {"token-policy": {"access-token-format": "JWT"}}}');
    copy.expectProblem({ file: 'config_ias.json', message: /Write default, jwt or opaque/, at: 'JWT' });
    copy.write('config_ias.json', '{}');
    copy.expectProblem({
      file: 'manifest-ias.yml',
      message: /memory of backendmtls: 256M here, 128M in manifest\.yml/,
      at: 'memory',
    });
  });

  it('may bind an app to more services, with parameters in the shape of each', () => {
    const identity =
      '      - name: mtlsIdentity\n        parameters:\n          credential-type: X509_GENERATED\n          validity: 30\n';
    const withIdentity = (entry: string): string =>
      copy.read('manifest.yml').replace('    services:\n', `    services:\n${entry}`);
    copy.write('manifest-all.yml', withIdentity(identity));
    expect(checkDescriptors(copy.folder).problems).toEqual([]);
    copy.write('manifest-all.yml', withIdentity(identity.replace('validity: 30', 'validity: 31')));
    copy.expectProblem({ file: 'manifest-all.yml', message: /validity is 31/, at: '31' });
  });

  it('may describe other apps', () => {
    copy.write(
      'manifest-ias.yml',
      copy.read('manifest.yml').replaceAll('backendmtls', 'backendias').replaceAll('frontendmtls', 'frontendias'),
    );
    expect(checkDescriptors(copy.folder).problems).toEqual([]);
  });
});
