import type { VNode } from 'preact';
import { Page } from './page';

export interface MessagePageProps {
  readonly service: string;
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
}

/** Says what happened, where there is no application to go back to. */
export function MessagePage({ service, title, text, link }: MessagePageProps): VNode {
  return (
    <Page service={service} title={title}>
      <p>{text}</p>
      {link !== undefined && (
        <p>
          <a href={link.href}>{link.text}</a>
        </p>
      )}
    </Page>
  );
}
