import { CloudFoundryError } from '../../src/cf/controller';
import { deliverBindings } from '../../src/control/deliver-bindings';
import { ControlError } from '../../src/control/program';

describe('deliverBindings', () => {
  it.each([
    [1, 'the running instance of frontendmtls'],
    [3, 'the 3 running instances of frontendmtls'],
  ])('tells of %i instances, and what the cloud does', async (count, instances) => {
    const told = await deliverBindings('frontendmtls', { deliverBindings: async () => count });
    expect(told).toBe(
      `The file of the bindings is written anew in ${instances}. Cloud Foundry takes a restart for that.\n`,
    );
  });

  it('refuses in the words of the controller, and hides no bug', async () => {
    const fail = (error: Error) =>
      deliverBindings('nope', {
        deliverBindings: async () => {
          throw error;
        },
      });
    const refusal = new CloudFoundryError('app-not-found', "App 'nope' not found.");
    await expect(fail(refusal)).rejects.toMatchObject({ name: ControlError.name, message: refusal.message });
    await expect(fail(new TypeError('a bug'))).rejects.toThrow(TypeError);
  });
});
