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

describe('further manifests', () => {
  it('are checked once they exist, with the app of the same name as reference', () => {
    copy.write('manifest-big.yml', copy.read('manifest.yml').replaceAll('memory: 128M', 'memory: 256M'));
    copy.expectProblem({
      file: 'manifest-big.yml',
      message: /memory of backendmtls: 256M here, 128M in manifest\.yml/,
      at: 'memory',
    });
  });

  it('may bind an app to more services and set more variables, which mta.yaml then must do too', () => {
    copy.write(
      'manifest-more.yml',
      copy
        .read('manifest.yml')
        .replace('    services:\n', '    services:\n      - name: other\n')
        .replace('    env:\n', "    env:\n      LOG_LEVEL: 'debug'\n"),
    );
    expect(checkDescriptors(copy.folder).problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      expect.stringMatching(/^mta\.yaml: backendmtls is bound to other in manifest-more\.yml:\d+, but not here/),
      expect.stringMatching(
        /^mta\.yaml: backendmtls has the variable LOG_LEVEL in manifest-more\.yml:\d+, but not here/,
      ),
    ]);
  });

  it('may describe other apps', () => {
    copy.write('manifest-own.yml', copy.read('manifest-ias.yml').replaceAll('clicer', 'own'));
    expect(checkDescriptors(copy.folder).problems).toEqual([]);
  });
});
