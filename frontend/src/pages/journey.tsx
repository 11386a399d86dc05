import type { JSX } from 'preact';
import { Card } from './card';
import { LockShape } from './icons';
import type { JourneyModel, JourneyStep } from './journeys';

const NODE = { width: 152, height: 52 } as const;

/** Shows who calls whom in a scenario: a picture, and the same in words. */
export function Journey({ journey }: { readonly journey: JourneyModel }): JSX.Element {
  return (
    <Card id={journey.id} title={journey.title} class="journey-card">
      <div class="journey">
        <JourneyPicture journey={journey} />
        <ol class="journey__steps">
          {journey.steps.map(({ title, text }) => (
            <li key={title}>
              <b>{title}</b> {text}
            </li>
          ))}
        </ol>
      </div>
    </Card>
  );
}

/** The numbers are those of the steps beside it. */
function JourneyPicture({ journey: { id, summary, nodes, steps } }: { readonly journey: JourneyModel }): JSX.Element {
  return (
    <svg
      class="journey__picture"
      viewBox="0 0 720 250"
      width="720"
      height="250"
      role="img"
      aria-labelledby={`${id}-picture`}
    >
      <title id={`${id}-picture`}>{summary}</title>
      {steps.map(({ line, lock }, index) => (
        <Step key={index} number={index + 1} line={line} lock={lock === true} />
      ))}
      {nodes.map((node) => (
        <g key={node.name} class={node.own ? 'journey__node journey__node--own' : 'journey__node'}>
          <rect
            x={node.x - NODE.width / 2}
            y={node.y - NODE.height / 2}
            width={NODE.width}
            height={NODE.height}
            rx="10"
          />
          <text x={node.x} y={node.y + 5} text-anchor="middle">
            {node.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface StepProps {
  readonly number: number;
  readonly line: JourneyStep['line'];
  readonly lock: boolean;
}

function Step({ number, line: [x1, y1, x2, y2], lock }: StepProps): JSX.Element {
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return (
    <g class="journey__step">
      <line class="journey__line" x1={x1} y1={y1} x2={x2} y2={y2} />
      <path
        class="journey__head"
        d="M0 0l-11 -5.5v11z"
        transform={`translate(${x2} ${y2}) rotate(${angle.toFixed(1)})`}
      />
      <circle class="journey__badge" cx={x} cy={y} r="12" />
      <text class="journey__number" x={x} y={y + 5} text-anchor="middle">
        {number}
      </text>
      {lock && (
        <g class="lock-pill lock-pill--bound">
          <rect class="lock-pill__frame" x={x + 22} y={y - 11} width="30" height="22" rx="11" />
          <LockShape x={x + 30} y={y - 7} size={14} />
        </g>
      )}
    </g>
  );
}
