import { jsonFlag, switchFlag, textFlag } from './flags';

/** Flags that several verbs share. */
export const parametersFlag = jsonFlag({
  short: 'c',
  description: 'Valid JSON object containing service-specific parameters, provided inline or in a file',
});

export const tagsFlag = textFlag({ short: 't', description: 'Comma delimited tags' });

export const waitFlag = switchFlag({ short: 'w', long: 'wait', description: 'Wait for the operation to complete' });

export const forceFlag = switchFlag({ short: 'f', long: 'force', description: 'Force, without asking first' });

/** `-t "a, b"`; undefined when the flag was not given. */
export function readTags(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
