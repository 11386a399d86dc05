import type { ComponentChildren, JSX } from 'preact';
import { LockShape } from './icons';

const NODE = { width: 152, height: 52 } as const;

const NODES = [
  { name: 'Browser', x: 80, y: 220, own: false },
  { name: 'Frontend', x: 306, y: 220, own: true },
  { name: 'Backend', x: 640, y: 220, own: true },
  { name: 'Destination Service', x: 306, y: 30, own: false },
  { name: 'XSUAA', x: 640, y: 30, own: false },
] as const;

/** End points of each step's arrow, and where its number stands. */
const STEPS: ReadonlyArray<{ readonly line: readonly [number, number, number, number]; readonly lock?: true }> = [
  { line: [158, 220, 228, 220] },
  { line: [384, 200, 562, 46] },
  { line: [306, 192, 306, 58] },
  { line: [384, 24, 562, 24], lock: true },
  { line: [384, 220, 562, 220] },
  { line: [640, 192, 640, 58] },
];

/** Shows who calls whom; the numbers are those of the steps beside it, which say the same in words. */
export function JourneyPicture(): JSX.Element {
  return (
    <svg
      class="journey__picture"
      viewBox="0 0 720 250"
      width="720"
      height="250"
      role="img"
      aria-labelledby="journey-picture-title"
    >
      <title id="journey-picture-title">
        Browser, frontend, Destination Service, XSUAA and backend, and the six calls between them; the steps are listed
        beside the picture.
      </title>
      {STEPS.map(({ line, lock }, index) => (
        <Step key={index} number={index + 1} line={line} lock={lock === true} />
      ))}
      {NODES.map((node) => (
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
  readonly line: readonly [number, number, number, number];
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

/** Says in words what each numbered call is for. */
export function JourneySteps(): JSX.Element {
  return (
    <ol class="journey__steps">
      <JourneyStep title="You open a scenario.">
        The frontend is an OAuth client; it holds no user and no session here.
      </JourneyStep>
      <JourneyStep title="The frontend gets a token for the Destination Service">
        from XSUAA, with the secret or the certificate of its own binding.
      </JourneyStep>
      <JourneyStep title="It asks for the destination">
        <code>destination_to_mtlsapp</code>: where the backend is, and a token for it.
      </JourneyStep>
      <JourneyStep title="The Destination Service fetches that token over mutual TLS">
        with the keystore that was uploaded; XSUAA writes the certificate’s thumbprint into the claim <code>cnf</code>.
      </JourneyStep>
      <JourneyStep title="The frontend calls the backend">
        with the token, at the address that the destination names.
      </JourneyStep>
      <JourneyStep title="The backend validates the token">
        with XSUAA’s public keys, and answers with the claims it has verified.
      </JourneyStep>
    </ol>
  );
}

function JourneyStep({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <li>
      <b>{title}</b> {children}
    </li>
  );
}
