import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Names under which a secret could reach a log by mistake; their values are removed, whatever they hold. */
const secretNames = ['key', 'certificate', 'clientsecret', 'access_token', 'authorization', 'cookie', 'assertion'];
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LoggerOptions {
  /** The app's name, as in `cf apps`. */
  readonly component: string;
  readonly level?: string;
  readonly destination?: DestinationStream;
}

/** Creates a logger that writes one JSON line an event with the field names of Cloud Foundry's SAP logging support. */
export function createLogger({ component, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { component_name: component },
    messageKey: 'msg',
    timestamp: () => `,"written_at":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactedPaths, remove: true },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
