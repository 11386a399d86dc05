import { checkName, parseProperties, requireProperty, type Properties } from './destination';
import { ServiceError } from './service-error';

/** Properties that a find lays over those of a destination. */
export type Fragment = Properties & { readonly FragmentName: string };

/** @throws {ServiceError} 400 naming the property that is missing or may not be there. */
export function parseFragment(body: unknown): Fragment {
  const properties = parseProperties(body);
  const name = requireProperty(properties, 'FragmentName');
  checkName('FragmentName', name);
  for (const key of ['Name', 'Type'])
    if (key in properties) throw new ServiceError(400, `A fragment must not contain the property ${key}`);
  return { ...properties, FragmentName: name };
}
