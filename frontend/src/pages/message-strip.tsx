import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icons';
import { Prose } from './text';

export type MessageKind = 'success' | 'error' | 'warning' | 'information';

const CLASSES: Readonly<Record<MessageKind, string>> = {
  success: 'fd-message-strip fd-message-strip--success',
  error: 'fd-message-strip fd-message-strip--error',
  warning: 'fd-message-strip fd-message-strip--warning',
  information: 'fd-message-strip fd-message-strip--information',
};

const SPOKEN: Readonly<Record<MessageKind, string>> = {
  success: 'Success:',
  error: 'Error:',
  warning: 'Warning:',
  information: 'Information:',
};

interface MessageStripProps {
  readonly kind: MessageKind;
  /** With its code in backticks. */
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Shows a message in the design system's strip: what happened in bold, then the details. */
export function MessageStrip({ kind, title, children }: MessageStripProps): JSX.Element {
  return (
    <div class={CLASSES[kind]} role="note">
      <span class="fd-message-strip__icon-container">
        <Icon name={kind} />
      </span>
      <div class="fd-message-strip__text">
        <p class="message-title">
          <span class="sr-only">{SPOKEN[kind]} </span>
          <Prose>{title}</Prose>
        </p>
        {children}
      </div>
    </div>
  );
}
