const EXCERPT_LENGTH = 100;

/** Shows a claim in a log line: as JSON, and cut, since whoever made the token chose it. */
export function excerptClaim(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, EXCERPT_LENGTH);
}
