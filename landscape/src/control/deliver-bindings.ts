import { CloudFoundryError, type CloudController } from '../cf/controller';
import { ControlError } from './program';

/** Gives the running instances of an app its newest bindings; returns what to print. @throws {ControlError} */
export async function deliverBindings(
  app: string,
  controller: Pick<CloudController, 'deliverBindings'>,
): Promise<string> {
  try {
    const count = await controller.deliverBindings(app);
    const instances = count === 1 ? 'the running instance' : `the ${count} running instances`;
    return `The file of the bindings is written anew in ${instances} of ${app}. Cloud Foundry takes a restart for that.\n`;
  } catch (error) {
    if (error instanceof CloudFoundryError) throw new ControlError(error.message, { cause: error });
    throw error;
  }
}
