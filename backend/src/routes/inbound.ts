import type { Current } from '@mtls/platform';
import { Router, type RequestHandler } from 'express';
import { sendAnswer } from '../answer';
import type { CertificateBindingPolicy } from '../auth/require-certificate-binding';
import type { CertificateRoles } from '../inbound/certificate-roles';
import { callerOf, createCertificateRoleCheck } from '../inbound/require-certificate-role';
import { inboundPage } from '../pages/inbound-page';
import { refuseMethod } from './fallback';

/** Paths that a client certificate alone opens, each with the role that it demands. */
const inboundRoutes = [
  { path: '/inbound', role: 'inbound.read' },
  { path: '/inbound/orders', role: 'orders.read' },
] as const;

/** Creates the router of these paths; without the role, none of their methods is told apart. */
export function createInboundRouter(
  { certificateBinding }: { readonly certificateBinding: CertificateBindingPolicy },
  roles: Current<CertificateRoles>,
): Router {
  const router = Router();
  const requireRole = createCertificateRoleCheck({ policy: certificateBinding, roles });
  for (const { path, role } of inboundRoutes) {
    router.all(path, requireRole(role));
    router.get(path, answerInbound);
    router.all(path, refuseMethod);
  }
  return router;
}

const MESSAGE = 'Inbound call accepted.';

/** Answers a caller whose certificate has the role with what is known of it. */
const answerInbound: RequestHandler = (req, res) => {
  const { name, roles, knownBy, thumbprint, certificate } = callerOf(req);
  const caller = {
    name,
    roles: [...roles],
    knownBy,
    certificate: {
      subject: toOneLine(certificate.subject),
      issuer: toOneLine(certificate.issuer),
      notBefore: new Date(certificate.validFrom).toISOString(),
      notAfter: new Date(certificate.validTo).toISOString(),
      'x5t#S256': thumbprint,
    },
  };
  sendAnswer(req, res, {
    json: { message: MESSAGE, caller },
    text: `${MESSAGE} You are ${name}.`,
    page: () => inboundPage(MESSAGE, caller),
  });
};

/** RFC 4514's order, the most specific part first. */
function toOneLine(name: string | undefined): string {
  // Node's types do not say that an empty name is undefined.
  return (name ?? '').split('\n').toReversed().join(',');
}
