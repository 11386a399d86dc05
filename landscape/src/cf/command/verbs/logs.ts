import { once } from 'node:events';
import type { LogLine } from '../../controller';
import { switchFlag } from '../flags';
import { announce } from '../sentences';
import { formatLogTime } from '../time';
import type { Ui } from '../ui';
import { defineVerb } from '../verb';

export const logs = defineVerb({
  name: 'logs',
  description: 'Tail or show recent logs for an app',
  usage: ['logs APP_NAME [--recent]'],
  seeAlso: ['app', 'apps', 'ssh'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: { recent: switchFlag({ long: 'recent', description: 'Dump recent logs instead of tailing' }) },
  async execute({ flags, args }, run) {
    const { ui, controller, signal } = run;
    const app = args.APP_NAME;
    announce(run, ui.format`Retrieving logs for app ${app}`);
    ui.say();
    if (flags.recent) {
      for (const line of controller.recentLogs(app)) showLine(ui, line);
      return;
    }
    const stop = controller.followLogs(app, (line) => showLine(ui, line));
    // Until the reader has enough of it.
    if (!signal.aborted) await once(signal, 'abort');
    stop();
  },
});

function showLine(ui: Ui, { time, source, instance, stream, message }: LogLine): void {
  const header = `   ${formatLogTime(time)} ${ui.style.header(`[${source}/${instance}]`)} ${stream}`;
  for (const text of message.split('\n')) {
    const line = `${header} ${text}`;
    ui.say(stream === 'ERR' ? ui.style.removed(line) : line);
  }
}
