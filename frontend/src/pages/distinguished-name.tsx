import { Fragment } from 'preact';
import type { JSX } from 'preact';

/** Shows a distinguished name so that it breaks between its parts; a comma after a backslash belongs to a value (RFC 4514 §2.4). */
export function DistinguishedName({ name }: { readonly name: string }): JSX.Element {
  const parts = name.split(/(?<!\\),/);
  return (
    <span class="distinguished-name">
      {parts.map((part, index) => (
        <Fragment key={index}>
          {part}
          {index < parts.length - 1 && ','}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
