import { stringify as formatYaml } from 'yaml';
import { EXPORT_PLACEHOLDER, isSecret } from './property-names';

export const exportFormats = ['properties', 'json', 'yaml'] as const;
export type ExportFormat = (typeof exportFormats)[number];

type Properties = Readonly<Record<string, string>>;

/** The destination as the cockpit imports it, with a placeholder for each secret. */
export function formatDestination(properties: Properties, format: ExportFormat): string {
  const exported = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, isSecret(name) ? EXPORT_PLACEHOLDER : value]),
  );
  switch (format) {
    case 'properties':
      return formatProperties(exported);
    case 'json':
      return `${JSON.stringify(exported, null, 2)}\n`;
    case 'yaml':
      return formatYaml(exported);
  }
  return format satisfies never;
}

/** By the rules of `java.util.Properties.store`, as the cockpit writes them. */
function formatProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(
      ([name, value]) =>
        `${escape(name).replaceAll(' ', String.raw`\ `)}=${escape(value).replace(/^ /, String.raw`\ `)}\n`,
    )
    .join('');
}

const controls: Readonly<Record<string, string>> = {
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\f': String.raw`\f`,
};

function escape(text: string): string {
  return text
    .replaceAll(/[\\:=#!]/g, String.raw`\$&`)
    .replaceAll(/[\t\n\r\f]/g, (character) => controls[character] ?? '')
    .replaceAll(
      /[^\u0020-\u007E]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`,
    );
}
