import { renderReplay, renderScenario, type ReplayOffer } from '../../src/pages';
import type { Replay } from '../../src/replay/replay';
import { partOf, textOf } from './html';
import { NOW, OFFER, PAGE, REPLAY, REPLAY_IN_PART, REPLAY_LEAK, SHELL, SUCCESS } from './models';

const render = (replay: Replay): string => renderReplay({ ...PAGE, shell: SHELL, replay, offer: OFFER });
const step = (replay: Replay, id: string): string =>
  textOf(partOf(render(replay), `id="${id}"`, '</li><li class="replay'));

describe('the page of a replay', () => {
  it('says in one sentence that the stolen token was worthless', () => {
    const html = render(REPLAY);
    expect(html).toContain('fd-message-strip--success');
    expect(textOf(html)).toContain('The token was refused all 3 times it came as a thief would send it.');
  });

  it('shows of each step the request, what was sent along, status, challenge and reason', () => {
    const text = step(REPLAY, 'no-certificate');
    expect(text).toContain('401, refused');
    expect(text).toContain('GET https://backendmtls-yourname.cert.cfapps.example/endpoint');
    expect(text).toContain('no client certificate');
    expect(text).toContain('WWW-Authenticate: Bearer error="invalid_token", error_description="…"');
    expect(text).toContain('none came with the request.');
    expect(step(REPLAY, 'forged-header')).toContain('x-forwarded-client-cert: MIIE');
  });

  it('marks the certificate that the token is bound to, and not another one', () => {
    const html = render(REPLAY);
    expect(html.match(/class="thumbprint thumbprint--bound"/g)).toHaveLength(1);
    expect(html.match(/class="thumbprint"/g)).toHaveLength(1);
  });

  it('shows a whole challenge whose description is not the reason', () => {
    const odd = structuredClone(REPLAY);
    const [, second] = odd.steps;
    if (second?.result.kind === 'made') Object.assign(second.result.answer, { reason: 'Another one.' });
    expect(step(odd, 'no-certificate')).toContain('error_description="The token is bound');
  });

  it('offers to do it again, the way back, and the command for JSON', () => {
    const html = render(REPLAY);
    expect(html).toContain('<form method="post" action="/app/replay"><input type="hidden" name="csrf" value="mD4x');
    expect(html).toContain('<a class="fd-button" href="/app">');
    expect(textOf(html)).toContain(`-H "Cookie: csrf=$PROOF" -d "csrf=$PROOF" 'http://localhost:5002/app/replay'`);
  });

  it('has no script, no inline style and no address outside this app', () => {
    for (const replay of [REPLAY, REPLAY_LEAK, REPLAY_IN_PART]) {
      const html = render(replay);
      expect(html).not.toMatch(/<(script|style|iframe|img|object)\b/);
      expect(html.match(/<[^>]*\s(?:style|on\w+)=/g)).toBeNull();
      expect(html.match(/(?:href|src|action)="(?!\/|#)[^"]*"/g)).toBeNull();
    }
  });
});

describe('the page of a replay with a surprise', () => {
  const html = render(REPLAY_LEAK);

  it('is no success: it names the steps that came out otherwise, and the settings to look at', () => {
    expect(html).not.toContain('fd-message-strip--success');
    const strip = textOf(partOf(html, 'fd-message-strip--error', '</main>'));
    expect(strip).toContain('Not as it must be: without a certificate; with its certificate in a header.');
    expect(strip).toContain('ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES');
  });

  it('marks each of those steps', () => {
    expect(html.match(/replay__step--negative/g)).toHaveLength(2);
    expect(step(REPLAY_LEAK, 'forged-header')).toContain('200, but must be refused');
    expect(step(REPLAY_LEAK, 'no-certificate')).toContain('No answer, but must be refused');
    expect(step(REPLAY_LEAK, 'no-certificate')).toContain('did not answer within 5000 ms');
  });

  it('shows markup in an answer as text', () => {
    expect(step(REPLAY_LEAK, 'forged-header')).toContain('<b>Backend app successfully called.</b>');
    expect(html).not.toContain('<b>Backend');
  });
});

describe('the page of a replay in part', () => {
  it('counts what was tried and what was not, and says how to do the rest', () => {
    const text = textOf(render(REPLAY_IN_PART));
    expect(text).toContain('The token was refused the one time it came as a thief would send it.');
    expect(text).toContain('2 of the 4 steps could not be made here.');
    expect(text).toContain('What to do: Make the call yourself: mtls call other-key.txt');
    expect(render(REPLAY_IN_PART)).not.toContain('fd-message-strip--success');
  });

  it('claims nothing where nothing was tried', () => {
    const steps = REPLAY_IN_PART.steps.filter(({ id }) => id !== 'no-certificate');
    expect(textOf(render({ ...REPLAY_IN_PART, steps }))).toContain('Nothing was tried that a thief would do.');
  });

  it('says of a token that is bound to nothing that anybody can use it', () => {
    const [owner] = REPLAY.steps;
    const result = owner?.result;
    const steps = REPLAY.steps.map((one) => ({ ...one, expected: 'accepted' as const, result: result ?? one.result }));
    const html = render({ steps });
    expect(html).toContain('fd-message-strip--warning');
    expect(textOf(html)).toContain('Whoever has this token can use it.');
    expect(html.match(/replay__step--critical/g)).toHaveLength(3);
    expect(textOf(html)).toContain('accepted from a thief');
  });
});

describe('the panel of a scenario’s page', () => {
  const panel = (replay: ReplayOffer): string =>
    partOf(renderScenario({ ...PAGE, shell: SHELL, result: SUCCESS, replay, now: NOW }), 'id="stolen"', '</section>');

  it('has the button where the replay is on', () => {
    expect(panel(OFFER)).toContain('<form method="post" action="/app/replay">');
    expect(panel(OFFER)).not.toContain('DEMO_ATTACKS');
  });

  it('has the setting and the commands where it is off', () => {
    const html = panel({ kind: 'off', appName: 'fe' });
    expect(html).not.toContain('<form');
    expect(html).toContain('<code>cf set-env fe DEMO_ATTACKS true</code>');
    expect(textOf(html)).toContain('-H "x-forwarded-client-cert: $DER"');
  });
});
