/**
 * Lists every value that a header has in a request, in its order. Node's `headers` keep the first, the last or a joined
 * text, depending on the name: whoever looks at another one must not come to another result.
 * @param name in lower case
 */
export function listHeaderValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}
