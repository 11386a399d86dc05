import { Router } from 'express';
import type { CurrentScenarios } from '../scenarios/current-scenarios';

const DAY_MS = 86_400_000;

interface CertificateHealth {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Whole days, negative once it is over. */
  readonly daysLeft: number;
}

/**
 * Answers the platform's health check, which wants 200 within a second: it asks nobody else. Neither bindings that cannot be
 * used nor certificates that end make the app unhealthy: a restart would only end what still works.
 */
export function healthRoutes(scenarios: CurrentScenarios): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    const certificates = listCertificates(scenarios, Date.now());
    res.set('cache-control', 'no-store').json({
      status: 'up',
      ...(scenarios.isOutdated && { bindings: 'outdated' }),
      ...(certificates.length > 0 && { certificates }),
    });
  });
  return router;
}

/** The one that ends first comes first. */
function listCertificates({ current }: CurrentScenarios, now: number): CertificateHealth[] {
  return current
    .flatMap((scenario) => scenario.certificates())
    .map(({ name, notAfter }) => ({
      name,
      notAfter,
      daysLeft: Math.floor((Date.parse(notAfter) - now) / DAY_MS),
    }))
    .toSorted((one, other) => Date.parse(one.notAfter) - Date.parse(other.notAfter));
}
