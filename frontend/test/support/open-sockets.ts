import type { Agent } from 'node:https';

/** Counts the connections that an agent has, in use or kept. */
export function openSockets(agent: Agent | undefined): number {
  return [agent?.sockets, agent?.freeSockets].flatMap((sockets) => Object.values(sockets ?? {})).flat().length;
}
