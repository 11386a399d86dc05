import * as v from 'valibot';
import { BrokerError, type JsonObject } from '../broker';

/** What an instance is created or updated with, after SAP's description of the service's `config.json`. */
export interface InstanceParameters {
  readonly initData: {
    readonly subaccount?: InitData;
    readonly instance?: InitData;
  };
}

/** What happens to a configuration whose name exists already. */
export type ExistingPolicy = 'fail' | 'ignore' | 'update';

/** Configurations as they stand in the JSON; they are parsed where they are applied. */
export interface InitData {
  readonly destinationsPolicy: ExistingPolicy;
  readonly certificatesPolicy: ExistingPolicy;
  readonly destinations: readonly unknown[];
  readonly certificates: readonly unknown[];
}

const policy = v.optional(v.picklist(['fail', 'ignore', 'update']), 'fail');

const levelSchema = v.pipe(
  v.strictObject({
    existing_destinations_policy: policy,
    existing_certificates_policy: policy,
    destinations: v.optional(v.array(v.unknown()), []),
    certificates: v.optional(v.array(v.unknown()), []),
  }),
  v.transform((data): InitData => ({
    destinationsPolicy: data.existing_destinations_policy,
    certificatesPolicy: data.existing_certificates_policy,
    destinations: data.destinations,
    certificates: data.certificates,
  })),
);

const accessSchema = v.strictObject({
  read_scopes: v.optional(v.array(v.string())),
  write_scopes: v.optional(v.array(v.string())),
});

const parametersSchema = v.strictObject({
  // Both are for what this landscape does not have, HTML5 applications and subscribers: they are checked and have no effect.
  HTML5Runtime_enabled: v.optional(v.union([v.boolean(), v.picklist(['true', 'false'])])),
  subscriber_access: v.optional(
    v.strictObject({ destination: v.optional(accessSchema), certificate: v.optional(accessSchema) }),
  ),
  init_data: v.optional(v.strictObject({ subaccount: v.optional(levelSchema), instance: v.optional(levelSchema) }), {}),
});

/** @throws {BrokerError} 400 naming the parameter that is unknown or wrong. */
export function parseInstanceParameters(parameters: JsonObject): InstanceParameters {
  const result = v.safeParse(parametersSchema, parameters);
  if (!result.success) throw refuseParameters(result.issues[0]);
  const { subaccount, instance } = result.output.init_data;
  return { initData: { ...(subaccount && { subaccount }), ...(instance && { instance }) } };
}

const bindingSchema = v.strictObject({ xsuaa: v.optional(v.record(v.string(), v.unknown()), {}) });

/**
 * Finds XSUAA's parameters in those of a binding, where they stand below `xsuaa`.
 * @throws {BrokerError} 400, with the right form where the flat one of XSUAA's own bindings was used.
 */
export function parseBindingParameters(parameters: JsonObject): JsonObject {
  const flat = ['credential-type', 'x509'].filter((name) => name in parameters);
  if (flat.length > 0)
    throw new BrokerError(
      400,
      `Invalid binding parameters: ${flat.join(' and ')} must be nested under "xsuaa" for the destination service, e.g. {"xsuaa": {"credential-type": "x509", "x509": {"key-length": 2048, "validity": 7, "validity-type": "DAYS"}}}`,
    );
  const result = v.safeParse(bindingSchema, parameters);
  if (!result.success) throw refuseParameters(result.issues[0]);
  // The schema has checked that it is an object; its values are XSUAA's to judge.
  return (parameters['xsuaa'] ?? {}) as JsonObject;
}

function refuseParameters(issue: v.BaseIssue<unknown>): BrokerError {
  const path = v.getDotPath(issue);
  const unknown = issue.type === 'strict_object' && issue.expected === 'never';
  return new BrokerError(
    400,
    unknown
      ? `Invalid parameters: unknown parameter ${path ?? ''}`
      : `Invalid parameters: ${path ?? 'the parameters'}: ${issue.message}`,
  );
}
