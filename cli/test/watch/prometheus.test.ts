import { formatPrometheus } from '../../src/watch/prometheus';
import type { WatchedCertificate } from '../../src/watch/watched-certificate';

const certificate: WatchedCertificate = {
  source: 'key.txt',
  name: 'mtlsXsuaa',
  subject: 'CN=client',
  'x5t#S256': 'abc',
  notAfter: '2026-11-22T09:00:00.000Z',
  daysLeft: 3,
  state: 'expires soon',
};

describe('formatPrometheus', () => {
  it('writes each metric with its help and type, times in seconds', () => {
    const sources = [
      { source: 'key.txt', up: true },
      { source: 'partner.example:443', up: false },
    ];
    expect(formatPrometheus([certificate], sources, 1_795_335_000_999).split('\n')).toEqual([
      expect.stringMatching(/^# HELP mtls_certificate_expiry_timestamp_seconds \S/),
      '# TYPE mtls_certificate_expiry_timestamp_seconds gauge',
      'mtls_certificate_expiry_timestamp_seconds{source="key.txt",name="mtlsXsuaa",subject="CN=client",thumbprint="abc"} 1795338000',
      expect.stringMatching(/^# HELP mtls_source_up \S/),
      '# TYPE mtls_source_up gauge',
      'mtls_source_up{source="key.txt"} 1',
      'mtls_source_up{source="partner.example:443"} 0',
      expect.stringMatching(/^# HELP mtls_watch_timestamp_seconds \S/),
      '# TYPE mtls_watch_timestamp_seconds gauge',
      'mtls_watch_timestamp_seconds 1795335000',
    ]);
  });

  it('escapes what ends a label, and writes one series once', () => {
    const odd = { ...certificate, source: String.raw`C:\keys`, name: 'a "b"\nc' };
    const lines = formatPrometheus([odd, odd], [], 0).split('\n');
    expect(lines.filter((line) => line.startsWith('mtls_certificate'))).toEqual([
      String.raw`mtls_certificate_expiry_timestamp_seconds{source="C:\\keys",name="a \"b\"\nc",subject="CN=client",thumbprint="abc"} 1795338000`,
    ]);
  });
});
