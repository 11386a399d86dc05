import type { JSX } from 'preact';

/** The shapes, drawn on 16 by 16: an icon font would cost a third of a page's weight. */
const SHAPES = {
  success: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 5.1-4.3 4.6a.8.8 0 0 1-1.1 0L4.4 8.8l1.1-1.1 1.2 1.3 3.8-4 1.1 1.1Z',
  error:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3 8.9L9.9 11 8 9.1 6.1 11 5 9.9 6.9 8 5 6.1 6.1 5 8 6.9 9.9 5 11 6.1 9.1 8 11 9.9Z',
  warning:
    'M8.9 1.8a1 1 0 0 0-1.8 0l-6 11.2a1 1 0 0 0 .9 1.5h12a1 1 0 0 0 .9-1.5l-6-11.2ZM7.2 5.5h1.6v4.6H7.2V5.5Zm.8 7.4a1 1 0 1 1 0-2 1 1 0 0 1 0 2Z',
  information: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm.9 10.7H7.1V7h1.8v4.7ZM8 6a1 1 0 1 1 0-2 1 1 0 0 1 0 2Z',
  lock: 'M8 1a3.6 3.6 0 0 0-3.6 3.6V6.5h-.6c-.7 0-1.3.6-1.3 1.3v5.7c0 .8.6 1.4 1.3 1.4h8.4c.7 0 1.3-.6 1.3-1.4V7.8c0-.7-.6-1.3-1.3-1.3h-.6V4.6A3.6 3.6 0 0 0 8 1Zm-2 5.5V4.6a2 2 0 1 1 4 0v1.9H6Z',
} as const;

export type IconName = keyof typeof SHAPES;

/** Shows an icon beside a text that says the same: it is hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}

/** The lock alone, for use inside another picture, `x` and `y` being its upper left corner. */
export function LockShape({
  x,
  y,
  size,
}: {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}): JSX.Element {
  return (
    <path class="lock" transform={`translate(${x} ${y}) scale(${size / 16})`} d={SHAPES.lock} fill-rule="evenodd" />
  );
}
