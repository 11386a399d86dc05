import type { BindingSummary, BoundApp, LastOperation, ServiceDetail, ServiceKeyDetail } from './service-types';
import type { BindingRecord, ServiceKeyRecord, ServiceRecord } from './state';

/** The name of the one broker that offers all services. */
export const BROKER_NAME = 'landscape';

/** What `cf services` and `cf service` show of an instance. */
export function describeService(record: ServiceRecord, bindings: readonly BindingRecord[]): ServiceDetail {
  const { guid, name, tags, lastOperation } = record;
  const boundApps = bindings.filter(({ service }) => service === record).map(describeBoundApp);
  const common = { guid, name, tags, lastOperation, boundApps };
  if (record.kind === 'user-provided') {
    const { syslogDrainUrl, routeServiceUrl } = record;
    return {
      ...common,
      type: 'user-provided',
      offeringTags: [],
      description: '',
      ...(syslogDrainUrl !== undefined && { syslogDrainUrl }),
      ...(routeServiceUrl !== undefined && { routeServiceUrl }),
    };
  }
  const { broker, plan, parameters } = record;
  return {
    ...common,
    type: 'managed',
    offering: broker.offering,
    plan,
    broker: BROKER_NAME,
    offeringTags: broker.tags,
    description: broker.description,
    parameters,
  };
}

export function describeBinding(binding: BindingRecord): BindingSummary {
  return { ...describeBoundApp(binding), service: binding.service.name };
}

export function describeKey({ guid, name, credentials, createdAt }: ServiceKeyRecord): ServiceKeyDetail {
  return { guid, name, credentials, lastOperation: created(createdAt) };
}

function describeBoundApp({ app, guid, name, createdAt }: BindingRecord): BoundApp {
  return {
    app: app.name,
    bindingGuid: guid,
    createdAt,
    lastOperation: created(createdAt),
    ...(name !== undefined && { bindingName: name }),
  };
}

function created(at: Date): LastOperation {
  return { type: 'create', state: 'succeeded', message: '', started: at, updated: at };
}
