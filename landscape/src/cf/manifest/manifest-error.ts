/** A place in a file that a user can open; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A manifest or vars file that cannot be used: the message is that of `cf`, the locations are the landscape's addition. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  /** Where each of its problems is, as far as that is known. */
  readonly locations: readonly Location[];

  constructor(message: string, locations: readonly Location[] = [], options?: ErrorOptions) {
    super(message, options);
    this.locations = locations;
  }
}

export function formatLocation(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}
