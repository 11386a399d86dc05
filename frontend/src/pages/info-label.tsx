import type { ComponentChildren, JSX } from 'preact';

/** Teal marks what belongs to the certificate binding, green what was verified, grey the rest. */
export type LabelTone = 'binding' | 'verified' | 'neutral';

const CLASSES: Readonly<Record<LabelTone, string>> = {
  binding: 'fd-info-label fd-info-label--accent-color-7',
  verified: 'fd-info-label fd-info-label--accent-color-8',
  neutral: 'fd-info-label fd-info-label--accent-color-10',
};

/** Shows a small badge. */
export function InfoLabel({
  tone,
  children,
}: {
  readonly tone: LabelTone;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={CLASSES[tone]}>
      <span class="fd-info-label__text">{children}</span>
    </span>
  );
}
