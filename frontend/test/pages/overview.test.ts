import { renderOverview } from '../../src/pages';
import type { ScenarioCard } from '../../src/scenario';
import { partOf, textOf } from './html';
import { CARDS, NOW, SHELL } from './models';

const render = (cards: readonly ScenarioCard[]): string => renderOverview({ shell: SHELL, cards, now: NOW });
const cardOf = (html: string, id: string): string => partOf(html, `aria-labelledby="${id}"`, '</article>');

describe('the overview', () => {
  const html = render(CARDS);

  it('shows one card a scenario with one action each', () => {
    expect(html.match(/<article/g)).toHaveLength(4);
    expect(html.match(/<article.*?<\/article>/gs)?.map((card) => card.match(/<a /g)?.length)).toEqual([1, 1, 1, 1]);
  });

  it('shows a ready scenario with its certificate’s remaining life, its last result and a link that runs it', () => {
    const card = cardOf(html, 'scenario-app');
    expect(textOf(card)).toContain('Ready');
    expect(textOf(card)).toContain('expires in 5 days');
    expect(textOf(card)).toContain('Backend answered 200 in 128 ms2 minutes ago');
    expect(card).toContain('href="/app"');
  });

  it('shows for a scenario that is not bound what to bind, commands as code', () => {
    const card = cardOf(html, 'scenario-homepage');
    expect(textOf(card)).toContain('Not bound');
    expect(card).toContain('<code>cf restage frontendmtls</code>');
    expect(textOf(card)).not.toContain('Last result');
  });

  it('shows for a scenario that is not configured what is wrong and what to do', () => {
    const card = cardOf(html, 'scenario-homepage-2');
    expect(textOf(card)).toContain('Not configured');
    expect(textOf(card)).toContain('BACKEND_URL is not set');
    expect(card).toContain('<code>cf set-env frontendmtls BACKEND_URL');
  });

  it('draws the way of each scenario that it knows, the same in words', () => {
    for (const [id, nodes] of [
      ['journey-app', ['Browser', 'Frontend', 'Destination Service', 'XSUAA', 'Backend']],
      ['journey-homepage', ['Browser', 'Frontend', 'Identity (IAS)', 'Backend']],
    ] as const) {
      const journey = partOf(html, `id="${id}"`, '</section>');
      for (const node of nodes) expect(textOf(journey)).toContain(node);
      expect(journey.match(/class="journey__step"/g)).toHaveLength(journey.match(/<li>/g)?.length ?? 0);
    }
    expect(render([])).not.toContain('journey__picture');
  });

  it('marks a failed result and a certificate that expires soon', () => {
    const card = cardOf(html, 'scenario-home');
    expect(card).toContain('fd-object-status--negative');
    expect(card).toContain('fd-object-status--critical');
  });

  it('tells an expired certificate', () => {
    const [first] = CARDS;
    expect(first).toBeDefined();
    const card = cardOf(render([{ ...first!, certificateNotAfter: '2026-11-20T00:00:00Z' }]), 'scenario-app');
    expect(textOf(card)).toContain('expired 2 days ago');
  });

  it('shows region, Node version and revision, and marks the current page in the shell bar', () => {
    expect(textOf(html)).toMatch(/Regionlocal landscape.*Node\.jsv24\.11\.0.*Revision288f8f1/s);
    expect(html).toMatch(/<a [^>]*href="\/" aria-current="page"/);
  });

  it('tells on the card of the login, too, how long its certificate lives', () => {
    const shell = { ...SHELL, account: { kind: 'unknown' as const } };
    const login = { certificateNotAfter: '2026-11-20T00:00:00Z' };
    const card = cardOf(renderOverview({ shell, cards: CARDS, login, now: NOW }), 'scenario-login');
    expect(textOf(card)).toContain('expired 2 days ago');
  });

  it('offers the login and the four grants where users can log in, and only there', () => {
    const withLogin = renderOverview({ shell: { ...SHELL, account: { kind: 'unknown' } }, cards: CARDS, now: NOW });
    const card = cardOf(withLogin, 'scenario-login');
    expect([...card.matchAll(/href="([^"]+)"/g)].map(([, path]) => path)).toEqual(['/grants', '/user']);
    expect(renderOverview({ shell: { ...SHELL, account: undefined }, cards: CARDS, now: NOW })).not.toContain(
      '/grants',
    );
  });
});
