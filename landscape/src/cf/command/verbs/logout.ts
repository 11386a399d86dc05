import { defineVerb } from '../verb';

export const logout = defineVerb({
  name: 'logout',
  alias: 'lo',
  description: 'Log user out',
  usage: ['logout'],
  requires: 'nothing',
  required: [],
  flags: {},
  async execute(_input, { ui, session }) {
    const { api, user = '' } = session.state;
    ui.say(ui.format`Logging out ${user}...`);
    session.state = { ...(api !== undefined && { api }) };
    ui.ok();
  },
});
