// Files as values whose every part knows its line. A file that cannot be parsed becomes a problem and no value.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pair, parseLines } from 'dot-properties';
import { transformSync } from 'esbuild';
import { isAlias, isMap, isSeq, LineCounter, parseDocument } from 'yaml';

/**
 * @typedef {{ file: string, line: number, message: string }} Problem
 * @typedef {{ file: string, value: any, lineOf: (path: readonly (string | number)[]) => number }} Source
 */

/** Reads a YAML file; `lineOf` gives the line of the innermost part of the path that exists. */
export function readYaml(root, file, problems) {
  return fromYaml(file, readFileSync(join(root, file), 'utf8'), problems);
}

/** Reads a JSON file strictly: comments, trailing commas and duplicate names are problems. */
export function readJson(root, file, problems) {
  const text = readFileSync(join(root, file), 'utf8');
  try {
    transformSync(text, { loader: 'json', logLevel: 'silent' });
  } catch (error) {
    for (const { text: what, location } of error.errors)
      problems.push({ file, line: location?.line ?? 1, message: `is no valid JSON: ${what}.` });
    return undefined;
  }
  return fromYaml(file, text, problems);
}

/** Reads a Java properties file as a flat object. */
export function readProperties(root, file, problems) {
  const text = readFileSync(join(root, file), 'utf8');
  const value = {};
  const lines = {};
  for (const node of parseLines(text, true)) {
    if (!(node instanceof Pair)) continue;
    const name = parseLines(`${node.key}=`)[0][0];
    const line = text.slice(0, node.range[0]).split('\n').length;
    if (Object.hasOwn(value, name)) problems.push({ file, line, message: `${name} is set twice. Remove one line.` });
    value[name] = parseLines(`x=${node.value ?? ''}`)[0][1].trim();
    lines[name] = line;
  }
  return { file, value, lineOf: ([name]) => lines[name] ?? 1 };
}

function fromYaml(file, text, problems) {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: true });
  for (const { pos, message } of document.errors)
    problems.push({ file, line: counter.linePos(pos[0]).line, message: `cannot be parsed: ${message}.` });
  if (document.errors.length > 0) return undefined;
  return { file, value: document.toJS(), lineOf: (path) => counter.linePos(offsetOf(document, path)).line };
}

function offsetOf(document, path) {
  let node = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const key of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(container) ? container.items.find((item) => String(item.key.value) === String(key)) : undefined;
    const next = pair ?? (isSeq(container) ? container.items[key] : undefined);
    if (next === undefined) break;
    offset = (pair?.key ?? next).range[0];
    node = pair === undefined ? next : pair.value;
  }
  return offset;
}
