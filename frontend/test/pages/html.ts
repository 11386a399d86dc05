const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** Returns the text of an HTML document as a reader sees it: without tags, entities resolved. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Returns what stands between the tags of the first element whose opening tag matches `opening`, up to `closing`. */
export function partOf(html: string, opening: string, closing: string): string {
  const begin = html.indexOf(opening);
  if (begin === -1) throw new Error(`The page has no ${opening}`);
  return html.slice(begin, html.indexOf(closing, begin));
}
