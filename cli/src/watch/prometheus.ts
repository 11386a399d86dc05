import type { WatchedCertificate } from './watched-certificate';

export interface WatchedSource {
  readonly source: string;
  /** Whether all of it could be looked at. */
  readonly up: boolean;
}

/**
 * Writes the figures in Prometheus' text format 0.0.4, for the textfile collector of node_exporter or a Pushgateway.
 * @param now milliseconds since the epoch.
 */
export function formatPrometheus(
  certificates: readonly WatchedCertificate[],
  sources: readonly WatchedSource[],
  now: number,
): string {
  return [
    ...metric(
      'mtls_certificate_expiry_timestamp_seconds',
      'End of the certificate, or of the issuer in its chain that ends before, in seconds since the epoch.',
      certificates.map(({ source, name, subject, 'x5t#S256': thumbprint, notAfter }) => [
        formatLabels({ source, name, subject, thumbprint }),
        Date.parse(notAfter) / 1000,
      ]),
    ),
    ...metric(
      'mtls_source_up',
      'Whether the source could be looked at: 1 or 0.',
      sources.map(({ source, up }) => [formatLabels({ source }), up ? 1 : 0]),
    ),
    ...metric('mtls_watch_timestamp_seconds', 'When this was written, in seconds since the epoch.', [
      ['', Math.floor(now / 1000)],
    ]),
  ].join('\n');
}

function metric(
  name: string,
  help: string,
  samples: ReadonlyArray<readonly [labels: string, value: number]>,
): string[] {
  // A certificate that stands twice in one source is one series.
  const unique = new Map(samples);
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...[...unique].map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value
        .replaceAll('\\', '\\\\')
        .replaceAll('"', String.raw`\"`)
        .replaceAll('\n', String.raw`\n`)}"`,
  );
  return `{${pairs.join(',')}}`;
}
