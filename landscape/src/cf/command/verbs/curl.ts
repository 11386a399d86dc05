import { writeFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { resolve } from 'node:path';
import type { ApiResponse } from '../../controller';
import { CfFailure } from '../failure';
import { listFlag, switchFlag, textFlag } from '../flags';
import { defineVerb } from '../verb';

export const curl = defineVerb({
  name: 'curl',
  description: 'Executes a request to the targeted API endpoint; the landscape has the reading part of the v3 API',
  usage: ['curl PATH [-iv] [-X METHOD] [-H HEADER] [-d DATA] [--output FILE] [--fail]'],
  examples: ['cf curl "/v3/apps"', 'cf curl "/v3/service_instances?names=mtlsXsuaa"'],
  requires: 'nothing',
  required: ['PATH'],
  flags: {
    include: switchFlag({ short: 'i', description: 'Include response headers in the output' }),
    method: textFlag({ short: 'X', description: 'HTTP method (GET, POST, PUT, DELETE, etc)' }),
    headers: listFlag({
      short: 'H',
      description: 'Custom headers to include in the request, flag can be specified multiple times',
    }),
    data: textFlag({ short: 'd', description: 'HTTP data to include in the request body, or @ and a file name' }),
    output: textFlag({ long: 'output', description: 'Write curl body to FILE instead of stdout' }),
    fail: switchFlag({ short: 'f', long: 'fail', description: 'Server errors return exit code 22' }),
  },
  async execute({ flags, args }, run) {
    const method = (flags.method ?? (flags.data === undefined ? 'GET' : 'POST')).toUpperCase();
    const response = await run.controller.request({ method, path: args.PATH.replace(/^(?!\/)/, '/') });
    if (flags.fail && response.status >= 400)
      throw new CfFailure(`The requested URL returned error: ${response.status}`, { exitCode: 22 });
    const head = flags.include ? formatHead(response) : '';
    const body = JSON.stringify(response.body, null, 2);
    if (flags.output === undefined) {
      run.ui.say(`${head}${body}`);
      return;
    }
    if (head !== '') run.ui.say(head.trimEnd());
    await writeFile(resolve(run.cwd, flags.output), body);
    run.ui.ok();
  },
});

function formatHead({ status, headers }: ApiResponse): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\n');
}
