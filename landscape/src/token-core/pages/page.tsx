import { createHash } from 'node:crypto';
import type { ComponentChildren, VNode } from 'preact';

/** Without characters that HTML escapes, since the policy holds the hash of exactly this text. */
const css = [
  ":root{color-scheme:light dark;font:1rem/1.5 '72',system-ui,sans-serif;--accent:#0064d9;--line:#8888}",
  '@media (prefers-color-scheme:dark){:root{--accent:#4db1ff}}',
  'body{margin:0 auto;max-width:26rem;padding:2rem 1rem}',
  'h1{font-size:1.375rem;line-height:1.3;margin-block:0 1rem}',
  'form,main{display:grid;gap:1rem}',
  'p{margin:0}',
  'label{display:grid;gap:.25rem;font-weight:600}',
  'input{font:inherit;font-weight:400;padding:.5rem;border:1px solid var(--line);border-radius:.25rem}',
  'button{font:inherit;font-weight:600;padding:.5rem 1rem;border:0;border-radius:.5rem;background:#0064d9;color:#fff}',
  ':focus-visible{outline:.15rem solid var(--accent);outline-offset:.15rem}',
  'a{color:var(--accent)}',
  '[role=alert]{border-inline-start:.25rem solid #d20a0a;padding:.5rem .75rem;background:#d20a0a1a}',
  'code{font-family:ui-monospace,monospace;font-size:.875rem;overflow-wrap:anywhere}',
  'footer{margin-block-start:2rem;font-size:.875rem;opacity:.75}',
].join('');

/** `style-src` source for the one style element. */
export const styleSource = `'sha256-${createHash('sha256').update(css).digest('base64')}'`;

export interface PageProps {
  /** The token service that shows the page. */
  readonly service: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** The frame of the pages that a token service shows to a browser. */
export function Page({ service, title, children }: PageProps): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>{`${title} · ${service}`}</title>
        <style>{css}</style>
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
        <footer>{service}, local landscape</footer>
      </body>
    </html>
  );
}
