// Reduces a bundle's source map to our own files: Node reads the whole map at start, and a map of all libraries costs
// 15 to 29 MB of memory in a container of 128 MB.
import { readFileSync, writeFileSync } from 'node:fs';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Rewrites the map in place: segments of node_modules become segments without a source. */
export function keepOwnSources(file) {
  const map = JSON.parse(readFileSync(file, 'utf8'));
  const kept = new Map();
  map.sources.forEach((source, index) => {
    if (!source.includes('node_modules/')) kept.set(index, kept.size);
  });
  const lines = decode(map.mappings).map((segments) => {
    const result = [];
    let inside = false;
    for (const [column, source, line, sourceColumn] of segments) {
      const own = kept.get(source);
      if (own !== undefined) result.push([column, own, line, sourceColumn]);
      else if (inside) result.push([column]);
      inside = own !== undefined;
    }
    return result;
  });
  writeFileSync(
    file,
    JSON.stringify({
      version: 3,
      sources: map.sources.filter((_, index) => kept.has(index)),
      names: [],
      mappings: encode(lines),
    }),
  );
}
