import { Router } from 'express';
import type { CurrentLogin } from '../bound-parts';
import type { UsedCertificate } from '../scenario';
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
export function healthRoutes(scenarios: CurrentScenarios, login: CurrentLogin): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    const used = [...scenarios.current, login.current].flatMap((part) => part.certificates());
    const certificates = describeCertificates(used, Date.now());
    res.set('cache-control', 'no-store').json({
      status: 'up',
      ...(scenarios.isOutdated && { bindings: 'outdated' }),
      ...(certificates.length > 0 && { certificates }),
    });
  });
  return router;
}

/** The one that ends first comes first. */
function describeCertificates(used: readonly UsedCertificate[], now: number): CertificateHealth[] {
  return used
    .map(({ name, notAfter }) => ({
      name,
      notAfter,
      daysLeft: Math.floor((Date.parse(notAfter) - now) / DAY_MS),
    }))
    .toSorted((one, other) => Date.parse(one.notAfter) - Date.parse(other.notAfter));
}
