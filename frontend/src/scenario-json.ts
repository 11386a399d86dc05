import type { ScenarioResult } from './scenario';

/** The JSON twin of a scenario's page. The status of a failure is that of the answer, so it is not repeated. */
export function toScenarioJson({ error, ...result }: ScenarioResult): object {
  if (error === undefined) return result;
  const { code, hop, message, remedy } = error;
  return { ...result, error: { code, hop, message, remedy } };
}
