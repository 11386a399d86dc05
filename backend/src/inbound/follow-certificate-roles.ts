import { ConfigError, followFiles, type Followed, type Logger } from '@mtls/platform';
import type { CertificateRolesConfig } from '../certificate-roles-settings';
import { readConfig } from '../config';
import type { CertificateRoles } from './certificate-roles';

/** Reads the roles again whenever the file that they stand in changes; what cannot be used leaves the last good ones in place. */
export function followCertificateRoles(
  { files }: CertificateRolesConfig,
  { reloadCheckMs, logger }: { readonly reloadCheckMs: number; readonly logger: Logger },
): Followed<CertificateRoles> {
  return followFiles({
    files,
    intervalMs: reloadCheckMs,
    make: () => {
      const { certificateRoles } = readConfig();
      if (certificateRoles === undefined) throw new ConfigError(['The roles of client certificates are gone.']);
      return certificateRoles.roles;
    },
    onReplaced: (_old, { pinned, renewable }) =>
      logger.info({ entries: pinned.size + renewable.size }, 'the roles of client certificates have changed'),
    logger,
  });
}
