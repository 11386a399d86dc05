import type { ComponentChildren, JSX } from 'preact';

interface CardProps {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Shows a section of a page as a card of the design system; `id` can be linked to. */
export function Card({ id, title, subtitle, class: name, children }: CardProps): JSX.Element {
  return (
    <section class={name === undefined ? 'fd-card' : `fd-card ${name}`} id={id} aria-labelledby={`${id}-title`}>
      <div class="fd-card__header">
        <div class="fd-card__header-main card-header">
          <h2 class="fd-card__title" id={`${id}-title`}>
            {title}
          </h2>
          {subtitle !== undefined && <p class="card-subtitle">{subtitle}</p>}
        </div>
      </div>
      <div class="fd-card__content card-content">{children}</div>
    </section>
  );
}
