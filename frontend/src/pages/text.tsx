import { Fragment } from 'preact';
import type { JSX } from 'preact';

/** Shows a sentence, with its parts in backticks as code: the instructions that errors carry name commands that way. */
export function Prose({ children }: { readonly children: string }): JSX.Element {
  const parts = children.split('`');
  const closed = parts.length % 2 === 1;
  return (
    <>{closed ? parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part)) : children}</>
  );
}

/** Shows a path so that it breaks after a slash, a question mark or an ampersand, rather than inside a name. */
export function Path({ children }: { readonly children: string }): JSX.Element {
  return (
    <>
      {children.split(/(?<=[/?&])/).map((part, index) => (
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </>
  );
}

/** Shows a command or a body: wrapped rather than scrolled, so that it needs no keyboard focus. */
export function CodeBlock({ children, label }: { readonly children: string; readonly label?: string }): JSX.Element {
  return (
    <pre class="code-block" {...(label === undefined ? {} : { role: 'group', 'aria-label': label })}>
      <code>{children}</code>
    </pre>
  );
}
