import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { Flows } from '../../src/cloud-integration/flows';
import { runIntegrationVerb, type IntegrationVerb } from '../../src/control/integration';

describe('landscape integration', () => {
  const flows = new Flows();
  const trials: boolean[] = [];
  let trustedRoots: readonly string[] = [];
  const run = (command: IntegrationVerb): string =>
    runIntegrationVerb(command, {
      settings: { portBase: 5000 },
      cloudIntegration: { flows, trustedRoots, setTrial: (isTrial) => void trials.push(isTrial) },
    });

  it('lists, deploys, changes and undeploys flows', () => {
    expect(run({ verb: 'flows' })).toMatch(
      /^address +user role\nhttps:\/\/localhost:5449\/http\/echo +ESBMessaging.send\n$/,
    );
    const flow = { path: '/http/echo', role: 'customer-a' };
    expect(run({ verb: 'deploy', flow })).toContain('/http/echo is deployed. It demands the user role customer-a.');
    expect(flows.list()).toEqual([flow]);
    expect(run({ verb: 'undeploy', path: '/http/echo' })).toBe('/http/echo is undeployed.\n');
    expect(run({ verb: 'undeploy', path: '/http/echo' })).toBe('There is no flow /http/echo.\n');
    expect(run({ verb: 'flows' })).toMatch(/^No flow is deployed/);
  });

  it('makes a trial tenant and ends that', () => {
    expect(run({ verb: 'trial', isOn: true })).toContain('answers client certificates with 500');
    expect(run({ verb: 'trial', isOn: false })).toContain('no trial tenant any more');
    expect(trials).toEqual([true, false]);
  });

  it('prints the roots so that each can be told apart and read by programs', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'integration-'));
    try {
      const { rootPem } = await CertificateAuthority.open({ stateFolder, now: Date.now });
      trustedRoots = [rootPem];
      const text = run({ verb: 'roots' });
      expect(text).toMatch(/^# .*Local Landscape Root CA\n# until .*Z\n-----BEGIN CERTIFICATE-----\n/);
      expect(new X509Certificate(text).raw.equals(new X509Certificate(rootPem).raw)).toBe(true);
    } finally {
      rmSync(stateFolder, { recursive: true });
    }
  });
});
