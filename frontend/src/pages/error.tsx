import type { JSX } from 'preact';
import { MessageStrip } from './message-strip';
import type { ShellModel } from './shell';
import { renderPage } from './shell';
import { Prose } from './text';

export interface ErrorModel {
  readonly shell: ShellModel;
  /** The status that the page is sent with. */
  readonly status: number;
  readonly title: string;
  readonly message: string;
  /** An instruction; commands in backticks. */
  readonly remedy: string;
}

/** Renders a page for an error outside any scenario, e.g. an unknown path: what it is and what to do. */
export function renderError({ shell, status, title, message, remedy }: ErrorModel): string {
  return renderPage({
    shell,
    title,
    header: <h1 class="fd-title fd-title--h3 fd-title--wrap">{title}</h1>,
    children: <ErrorBody status={status} message={message} remedy={remedy} />,
  });
}

function ErrorBody({ status, message, remedy }: Pick<ErrorModel, 'status' | 'message' | 'remedy'>): JSX.Element {
  return (
    <>
      <div class="messages">
        <MessageStrip kind="error" title={message}>
          <p>
            <b>What to do: </b>
            <Prose>{remedy}</Prose>
          </p>
          <p class="message-code">Answered with {status}</p>
        </MessageStrip>
      </div>
      <p>
        <a class="fd-button fd-button--emphasized" href="/">
          <span class="fd-button__text">To the overview</span>
        </a>
      </p>
    </>
  );
}
