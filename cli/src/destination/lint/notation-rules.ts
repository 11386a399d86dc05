import { isPlaceholder, knownProperties } from '../property-names';
import type { Rule } from './destination-under-lint';

/** What is wrong with the way in which values stand in the file. */
export const notationRules: readonly Rule[] = [
  (destination) =>
    entriesOf(destination)
      .filter(([, value]) => isPlaceholder(value))
      .map(([name]) =>
        destination.warning(name, [
          'export-placeholder',
          'An export writes this text where a secret was. It is no value: an import takes it for absent.',
          'Remove the line, or put the secret in after the import; with a keystore clientSecret must not be there at all.',
        ]),
      ),
  (destination) =>
    entriesOf(destination)
      .filter(([, value]) => /\\[!:=#]/.test(value))
      .map(([name]) =>
        destination.error(name, [
          'escape-kept',
          'The value holds a backslash in front of "!" or ":": that is how a properties file writes these characters, and here it became part of the value.',
          String.raw`In JSON and YAML, and in the cockpit's form, write them as they are: sb-app!t1, https://host. In a properties file one backslash is enough.`,
        ]),
      ),
  (destination) =>
    entriesOf(destination)
      .filter(([, value]) => value !== value.trim())
      .map(([name]) =>
        destination.error(name, ['blank-kept', 'The value begins or ends with a blank, which counts.', 'Remove it.']),
      ),
  (destination) =>
    entriesOf(destination).flatMap(([name]) => {
      const meant = knownProperties.find((known) => known !== name && known.toLowerCase() === name.toLowerCase());
      // Users add properties of their own, so that only a near miss is a mistake.
      if (meant === undefined || knownProperties.includes(name)) return [];
      return [
        destination.error(name, [
          'property-spelling',
          `The service knows ${meant}; ${name} is another property, which it only hands on.`,
          `Write it as ${meant}.`,
        ]),
      ];
    }),
];

function entriesOf({ entry }: Parameters<Rule>[0]): Array<[string, string]> {
  return Object.entries(entry.properties);
}
