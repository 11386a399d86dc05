import type { JSX } from 'preact';
import { Icon, type IconName } from './icons';

export type StatusTone = 'positive' | 'critical' | 'negative' | 'neutral';

const LOOKS: Readonly<Record<StatusTone, { readonly classes: string; readonly icon: IconName }>> = {
  positive: { classes: 'fd-object-status fd-object-status--positive', icon: 'success' },
  critical: { classes: 'fd-object-status fd-object-status--critical', icon: 'warning' },
  negative: { classes: 'fd-object-status fd-object-status--negative', icon: 'error' },
  neutral: { classes: 'fd-object-status', icon: 'information' },
};

/** Shows a state in a word or two, with its colour and its icon. */
export function Status({ tone, text }: { readonly tone: StatusTone; readonly text: string }): JSX.Element {
  const { classes, icon } = LOOKS[tone];
  return (
    <span class={classes}>
      <Icon name={icon} />
      <span class="fd-object-status__text">{text}</span>
    </span>
  );
}
