import { sortWorstFirst, type Finding } from '../../findings';
import type { DestinationEntry } from '../flat-destinations';
import { addressRules } from './address-rules';
import { credentialRules } from './credential-rules';
import { DestinationUnderLint } from './destination-under-lint';
import { keystoreRules } from './keystore-rules';
import { notationRules } from './notation-rules';
import { tokenServiceRules } from './token-service-rules';

const rules = [...notationRules, ...addressRules, ...tokenServiceRules, ...credentialRules, ...keystoreRules];

/** Finds the traps in a destination that can be seen in it alone, the worst first. */
export function lintDestination(entry: DestinationEntry): Finding[] {
  const destination = new DestinationUnderLint(entry);
  return sortWorstFirst([...entry.findings, ...rules.flatMap((rule) => rule(destination))]);
}
