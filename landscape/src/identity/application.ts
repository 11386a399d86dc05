import { describeSubject } from '../journal';
import { subaccount } from '../xsuaa/subaccount';
import type { Instance } from './instance';

/** An application as the tenant's administration shows it: which bindings there are, and no secret. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly clientId: string;
  readonly bindings: readonly ApplicationBinding[];
  readonly providedApis: readonly { readonly name: string; readonly description?: string | undefined }[];
  /** Client ids. */
  readonly consumedServices: readonly string[];
}

export interface ApplicationBinding {
  readonly id: string;
  readonly credentialType: string;
  readonly certificate?: {
    readonly subject: string;
    readonly notAfter: string;
    /** DER. */
    readonly base64: string;
  };
}

export function describeApplication(instance: Instance, instances: ReadonlyMap<string, Instance>): Application {
  const { id, name, clientId, parameters, consumed, bindings } = instance;
  return {
    id,
    name: nameOf(instance),
    displayName: parameters['display-name'] ?? name,
    clientId,
    bindings: [...bindings].map(([bindingId, { type, certificate }]) => ({
      id: bindingId,
      credentialType: type,
      ...(certificate !== undefined && {
        certificate: {
          subject: describeSubject(certificate),
          notAfter: new Date(certificate.validTo).toISOString(),
          base64: certificate.raw.toString('base64'),
        },
      }),
    })),
    providedApis: parameters['provided-apis'],
    consumedServices: consumed.flatMap((provider) => instances.get(provider)?.clientId ?? []),
  };
}

/** The technical name, unique in the tenant. */
export function nameOf({ id, parameters }: Pick<Instance, 'id' | 'parameters'>): string {
  return parameters.name ?? id;
}

/** `GET /Applications/v1`, in the form of the Application Directory API. */
export function listApplications(applications: readonly Application[]): object {
  return { totalResults: applications.length, applications: applications.map(toDirectoryEntry) };
}

function toDirectoryEntry(application: Application): object {
  const { id, name, displayName, clientId, bindings, providedApis, consumedServices } = application;
  return {
    id,
    name,
    branding: { displayName },
    'urn:sap:identity:application:schemas:extension:sci:1.0:Authentication': {
      ssoType: 'openIdConnect',
      clientId,
      apiCertificates: bindings.flatMap(({ id: bindingId, certificate }) =>
        certificate === undefined
          ? []
          : [{ id: bindingId, dn: certificate.subject, base64Certificate: certificate.base64 }],
      ),
      providedApis,
      consumedServices: consumedServices.map((consumed) => ({ clientId: consumed })),
      sapManagedAttributes: { serviceInstanceId: id, appTenantId: subaccount.id },
    },
  };
}
