import type { CertificateAuthority } from '../ca/certificate-authority';
import { CfSession, runCf } from '../cf/command/run-cf';
import type { CloudController } from '../cf/controller';
import type { CloudIntegration } from '../cloud-integration/cloud-integration';
import type { DestinationService } from '../destination-service/destination-service';
import type { Identity } from '../identity/identity';
import type { Journal } from '../journal';
import type { Router } from '../router/router';
import type { ServiceSwitch } from '../service-switch';
import type { LandscapeSettings } from '../settings';
import type { UserDirectory } from '../token-core/user-directory';
import type { Xsuaa } from '../xsuaa/xsuaa';
import { createActions } from './actions';
import { runProgram } from './program';
import type { CommandHandlers } from './server';

export interface ControlledLandscape {
  readonly settings: LandscapeSettings;
  readonly ca: Pick<CertificateAuthority, 'rootFile' | 'rootPem' | 'signClient'>;
  readonly journal: Journal;
  readonly controller: CloudController;
  readonly router: Pick<Router, 'trustClient'>;
  readonly services: readonly ServiceSwitch[];
  readonly users: Pick<UserDirectory, 'list' | 'find'>;
  readonly xsuaa: Pick<Xsuaa, 'revokeUser'>;
  readonly identity: Pick<Identity, 'broker' | 'trust' | 'revokeUser'>;
  readonly destination: Pick<DestinationService, 'setBehaviour'>;
  readonly cloudIntegration: Pick<CloudIntegration, 'flows' | 'trustedRoots' | 'setTrial'>;
}

/** What the command lines may ask of a landscape. */
export function createCommandHandlers(landscape: ControlledLandscape): CommandHandlers {
  const { controller } = landscape;
  return {
    async cf({ argv, cwd, io, session: kept, signal }) {
      const session = CfSession.parse(kept, controller.target);
      const exit = await runCf(argv, { cwd, io, controller, session, signal });
      return { exit, session: session.toJSON() };
    },
    async landscape({ argv, cwd, io }) {
      return { exit: await runProgram(argv, { io, actions: createActions(landscape, { io, cwd }) }) };
    },
  };
}
