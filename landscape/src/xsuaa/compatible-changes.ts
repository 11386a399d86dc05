import { BrokerError } from '../broker';
import type { SecurityDescriptor } from './security-descriptor';

/**
 * Checks that an instance may change from one descriptor to another (SAP Help: Compatible Changes in the Security
 * Descriptor File).
 * @throws {BrokerError} that names what may not change.
 */
export function checkCompatible(before: SecurityDescriptor, after: SecurityDescriptor): void {
  const problems: string[] = [];
  if (after.xsappname !== before.xsappname)
    problems.push(`"xsappname" is "${after.xsappname}"; it cannot change, and must be "${before.xsappname}"`);
  for (const { name, valueType, valueRequired } of after.attributes) {
    const old = before.attributes.find((attribute) => attribute.name === name);
    if (old === undefined) continue;
    if (valueType !== old.valueType)
      problems.push(`attribute "${name}": "valueType" cannot change; delete the attribute and add another`);
    if (valueRequired && !old.valueRequired)
      problems.push(`attribute "${name}": "valueRequired" cannot change from false to true`);
  }
  if (problems.length > 0)
    throw new BrokerError(400, `Error updating application "${before.xsappname}": ${problems.join('. ')}`);
}
