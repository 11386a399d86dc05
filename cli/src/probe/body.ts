/** The body of an answer, parsed where it is JSON, whatever its content type says; else the text. */
export function parseBody(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
