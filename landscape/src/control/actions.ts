import type { CfIo } from '../cf/command/io';
import type { ServiceName } from '../journal';
import type { ServiceSwitch } from '../service-switch';
import type { ControlledLandscape } from './commands';
import { createBehaviourChange } from './destination';
import { formatFault } from './fault';
import { runIdentityVerb } from './identity';
import { runIntegrationVerb } from './integration';
import { deliverBindings } from './deliver-bindings';
import type { ControlActions } from './program';
import { signFile } from './sign';
import { formatStatus } from './status';
import { formatTrust } from './trust';
import { trustClientFile } from './trust-client';
import { formatUsers, revokeUser } from './users';

/** The actions of the `landscape` command on a running landscape. */
export function createActions(
  landscape: ControlledLandscape,
  { io, cwd }: { readonly io: Pick<CfIo, 'out'>; readonly cwd: string },
): ControlActions {
  const { services, journal, settings, controller, router, ca, identity, destination } = landscape;
  const find = (name: ServiceName): ServiceSwitch => findService(services, name);
  return {
    async status() {
      io.out(formatStatus({ settings, services: services.map((service) => service.status()), controller }));
    },
    async stop(name) {
      await find(name).stop();
      io.out(`${name} is stopped. Open it again: landscape start ${name}\n`);
    },
    async start(name) {
      await find(name).start();
      io.out(`${name} is running.\n`);
    },
    async fault(name, fault) {
      find(name).setFault(fault);
      io.out(`${name} now fails: ${formatFault(fault)}. End that: landscape clear ${name}\n`);
    },
    async clear(name) {
      const cleared = name === undefined ? services : [find(name)];
      for (const service of cleared) service.setFault(undefined);
      io.out(`No fault is set${name === undefined ? '' : ` on ${name}`}.\n`);
    },
    async requests(name) {
      io.out(`${JSON.stringify(journal.entries(name), null, 2)}\n`);
    },
    async trust({ fileOnly }) {
      io.out(fileOnly ? `${ca.rootFile}\n` : formatTrust(ca));
    },
    async sign(file, { days }) {
      io.out(await signFile(file, { cwd, days }, ca));
    },
    async routerTrust(file) {
      io.out(await trustClientFile(file, { cwd }, router));
    },
    async users() {
      io.out(formatUsers(landscape.users));
    },
    async revokeUser(name) {
      io.out(revokeUser(name, landscape));
    },
    async identity(verb) {
      io.out(runIdentityVerb(verb, identity));
    },
    async integration(verb) {
      io.out(runIntegrationVerb(verb, landscape));
    },
    async destination(behaviour, isOn) {
      destination.setBehaviour(createBehaviourChange(behaviour, isOn));
      io.out(`${behaviour} is ${isOn ? 'on' : 'off'}.\n`);
    },
    async deliverBindings(app) {
      io.out(await deliverBindings(app, controller));
    },
  };
}

/** Every service has its switch: the command line knows no other names. */
function findService(services: readonly ServiceSwitch[], name: ServiceName): ServiceSwitch {
  const found = services.find(({ service }) => service === name);
  if (found === undefined) throw new Error(`The landscape has no switch for ${name}.`);
  return found;
}
