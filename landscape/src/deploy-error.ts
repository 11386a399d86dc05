/** A step of the deployment failed; the message is what its command printed. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}
