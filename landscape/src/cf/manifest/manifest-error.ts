/** A place in a file that a user can open; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A manifest or vars file that cannot be used: the message is that of `cf`, the location is the landscape's addition. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly location: Location | undefined;

  constructor(message: string, location?: Location, options?: ErrorOptions) {
    super(message, options);
    this.location = location;
  }
}

export function formatLocation(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}
