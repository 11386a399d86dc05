import type { Logger } from '@mtls/platform';
import { ACCEPT_SETTING } from './auth/binding-refusals';
import type { BackendConfig } from './config';

/** Logs whose tokens are accepted and where certificates are believed, and warns of a setting that weakens this. */
export function logConfiguration(
  {
    issuers,
    certificateBinding,
    certificateRoles,
  }: Pick<BackendConfig, 'issuers' | 'certificateBinding' | 'certificateRoles'>,
  logger: Logger,
): void {
  const { routes, header, onCertificateRoutes, boundOnPlainRoutes } = certificateBinding;
  logger.info(
    {
      issuers: issuers.map(({ kind, name }) => `${name} (${kind})`),
      certificate_routes: routes,
      certificate_header: header,
      certificate_binding: onCertificateRoutes,
      certificate_roles: certificateRoles?.source,
    },
    'configured',
  );
  if (boundOnPlainRoutes === 'accept') {
    logger.warn(
      `${ACCEPT_SETTING} is true: on plain routes, whoever holds a bound token can use it without its certificate. ` +
        'Unset it as soon as all callers use the certificate route.',
    );
  }
}
