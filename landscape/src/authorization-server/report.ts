import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { noteRequest } from '../listener';
import type { AuthorizationServerAddresses } from './addresses';
import { explainRefusal } from './explain-refusal';

/** Tells the journal why each request got its answer, and clients why they were refused. */
export function reportToJournal(provider: Provider, { certificateUrl }: AuthorizationServerAddresses): void {
  const refuse = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): void => {
    const refusal = explainRefusal(error, { ctx, certificateUrl });
    ctx.status = refusal.status;
    ctx.body = { error: refusal.error, error_description: refusal.description };
    noteRequest(ctx.req, refusal.description);
  };
  provider.on('grant.error', refuse);
  provider.on('introspection.error', refuse);
  provider.on('registration_create.error', refuse);
  provider.on('registration_read.error', refuse);
  provider.on('registration_update.error', refuse);
  provider.on('registration_delete.error', refuse);
  provider.on('grant.success', (ctx) => noteRequest(ctx.req, describeGrant(ctx)));
  provider.on('registration_create.success', (ctx, client) =>
    noteRequest(ctx.req, `${client.clientId} registered for ${String(client['tokenEndpointAuthMethod'])}`),
  );
  provider.on('server_error', (ctx, error) => noteRequest(ctx.req, `unexpected ${String(error)}`));
}

function describeGrant({ oidc }: KoaContextWithOIDC): string {
  const thumbprint = oidc.entities.ClientCredentials?.['x5t#S256'];
  const binding = thumbprint === undefined ? 'is not bound' : `is bound to ${thumbprint}`;
  return `${String(oidc.client?.clientId)}, authenticated by ${String(oidc.client?.['tokenEndpointAuthMethod'])}; the token ${binding}`;
}
