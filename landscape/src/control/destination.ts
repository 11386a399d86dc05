import type { DestinationServiceBehaviour } from '../destination-service/behaviour';

/** How `landscape destination NAME on|off` calls the ways in which the stand-in can be more like the real service. */
const behaviours = {
  'refuse-private-token-urls': 'refusePrivateTokenUrls',
  'keep-tokens': 'keepTokens',
} as const satisfies Record<string, keyof DestinationServiceBehaviour>;

export const behaviourNames = [
  'refuse-private-token-urls',
  'keep-tokens',
] as const satisfies (keyof typeof behaviours)[];
export type BehaviourName = (typeof behaviourNames)[number];

export function createBehaviourChange(name: BehaviourName, isOn: boolean): Partial<DestinationServiceBehaviour> {
  return { [behaviours[name]]: isOn };
}
