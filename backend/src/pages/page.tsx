import { createHash } from 'node:crypto';
import { revision } from '@mtls/platform';
import type { ComponentChildren, VNode } from 'preact';

/** Without characters that HTML escapes, since the policy below holds the hash of exactly this text. */
const css = [
  ":root{color-scheme:light dark;font:1rem/1.5 '72',system-ui,sans-serif}",
  'body{margin:0 auto;max-width:60rem;padding:1rem}',
  'h1{font-size:1.25rem;line-height:1.3}',
  'table{border-collapse:collapse;width:100%}',
  'caption{text-align:start;padding-block:.5rem;font-weight:600}',
  'th,td{text-align:start;vertical-align:top;padding:.4rem .6rem .4rem 0;border-block-start:1px solid #8888}',
  'th{font-weight:600;width:30%}',
  'td,code{font-family:ui-monospace,monospace;font-size:.875rem;overflow-wrap:anywhere}',
  'footer{margin-block-start:2rem;font-size:.875rem;opacity:.75}',
].join('');

/** `style-src` source for the pages' one style element. */
export const styleSource = `'sha256-${createHash('sha256').update(css).digest('base64')}'`;

/** The frame of every page. */
export function Page({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>{title}</title>
        <style>{css}</style>
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
        <footer>
          Backend · Node {process.version} · {revision}
        </footer>
      </body>
    </html>
  );
}
