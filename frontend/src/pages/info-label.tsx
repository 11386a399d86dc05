import type { ComponentChildren, JSX } from 'preact';

/** Green marks what was verified, grey the rest. */
export type LabelTone = 'verified' | 'neutral';

const CLASSES: Readonly<Record<LabelTone, string>> = {
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
