import { AppLog } from '../../src/cf/app-log';

describe('AppLog', () => {
  it('keeps the newest 1000 lines, each of a message as one', () => {
    const log = new AppLog();
    for (let index = 0; index < 501; index += 1) log.add({ source: 'APP', message: `${index} first\n${index} second` });
    const messages = log.recent().map(({ message }) => message);
    expect(messages).toHaveLength(1000);
    expect([messages.at(0), messages.at(-1)]).toEqual(['1 first', '500 second']);
  });
});
