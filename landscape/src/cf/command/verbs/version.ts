import { defineVerb } from '../verb';
import { CF_VERSION } from '../version';

export const version = defineVerb({
  name: 'version',
  description: 'Print the version',
  usage: ['version'],
  requires: 'nothing',
  required: [],
  flags: {},
  async execute(_input, { ui }) {
    ui.say(`cf version ${CF_VERSION}`);
  },
});
