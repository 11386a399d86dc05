import { renderScenario } from '../../src/pages';
import type { Hop } from '../../src/hops';
import { judgeBinding } from '../../src/pages/certificate-card';
import type { ScenarioResult } from '../../src/scenario';
import { partOf, textOf } from './html';
import {
  DESTINATION_MISSING,
  HOSTILE,
  KEYSTORE,
  IDENTITY_NOT_BOUND,
  IDENTITY_PAGE,
  IDENTITY_SUCCESS,
  NOW,
  OWN_TOKEN,
  PAGE,
  PLAIN_ROUTE,
  SHELL,
  STALE_CACHE,
  SUCCESS,
  XSUAA_HANGING,
} from './models';

const render = (result: ScenarioResult): string => renderScenario({ ...PAGE, shell: SHELL, result, now: NOW });

describe('the page of a scenario that succeeded', () => {
  const html = render(SUCCESS);
  const text = textOf(html);

  it('shows the backend’s answer, the token’s confirmation claim and the certificate’s thumbprint', () => {
    expect(text).toContain('The backend answered with 200: Backend app successfully called.');
    expect(text).toContain(`"cnf":{"x5t#S256":"${KEYSTORE}"}`);
    expect(text).toContain('token and certificate belong together');
  });

  it('draws every hop, with a lock where a certificate was shown and dots where nobody looked', () => {
    const picture = partOf(html, '<svg class="sequence"', '</svg>');
    expect(picture.match(/class="arrow arrow--/g)).toHaveLength(7);
    expect(picture.match(/class="lock-pill(?: lock-pill--bound)?"/g)).toHaveLength(3);
    expect(picture.match(/class="lock-pill lock-pill--bound"/g)).toHaveLength(2);
    expect(picture.match(/arrow--unobserved/g)).toHaveLength(2);
    expect(picture.match(/not observed/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('says the same in the picture’s description, the list and the table', () => {
    for (const part of [
      '<desc',
      '<ol class="hop-list"',
      '<table class="fd-table fd-table--no-vertical-borders hop-table"',
    ]) {
      const shown = textOf(
        partOf(html, part, part.startsWith('<desc') ? '</desc>' : part.startsWith('<ol') ? '</ol>' : '</table>'),
      );
      expect(shown).toContain(
        '/destination-configuration/v1/destinations/destination_to_mtlsapp?$skipTokenRetrieval=true',
      );
    }
  });

  it('marks the claims that the backend verified, and says that this app has only decoded them', () => {
    expect(html.match(/verified by the backend/g)).toHaveLength(16);
    expect(text).toContain('does not check the signature');
  });

  it('shows the command for the same as JSON', () => {
    expect(text).toContain("curl -H 'Accept: application/json' http://localhost:5002/app");
  });

  it('names the remaining life of the certificate', () => {
    expect(text).toContain('expires in 5 days');
  });
});

describe('the page of a scenario that failed', () => {
  it('names the hop, the message and the remedy, and shows the code only beside them', () => {
    const text = textOf(render(DESTINATION_MISSING));
    expect(text).toContain('Call 3 failed: Frontend to Destination Service');
    expect(text).toContain('knows no destination destination_to_mtlsapp');
    expect(text).toContain('What to do: Create it');
    expect(text).toContain('destination-not-found, answered with 502');
  });

  it('draws the failing hop as failed and no hop after it', () => {
    const picture = partOf(render(XSUAA_HANGING), '<svg class="sequence"', '</svg>');
    expect(picture.match(/class="arrow arrow--(\w+)/g)).toEqual([
      'class="arrow arrow--done',
      'class="arrow arrow--failed',
    ]);
  });

  it('shows neither claims nor certificate nor answer when there were none', () => {
    const html = render(DESTINATION_MISSING);
    for (const id of ['claims', 'certificate', 'answer', 'stolen']) expect(html).not.toContain(`id="${id}"`);
  });

  it('is titled as failed', () => {
    expect(render(DESTINATION_MISSING)).toContain(`<title>${PAGE.title}: failed – Mutual TLS on SAP BTP</title>`);
  });

  it('still tells the remedy when the failing hop is not among the hops', () => {
    const text = textOf(render({ ...DESTINATION_MISSING, hops: [] }));
    expect(text).toContain('Failed: Frontend to Destination Service');
    expect(text).toContain('What to do: Create it');
  });
});

describe('the page of a scenario that a cache answered', () => {
  const html = render(STALE_CACHE);

  it('is a success with a warning that names the call and the reason', () => {
    expect(html).toContain('fd-message-strip--success');
    expect(html).toContain('fd-message-strip--warning');
    expect(textOf(html)).toContain('Call 3, Frontend to Destination Service: from cache, refresh failed');
    expect(textOf(html)).toContain('The Destination Service refused the connection (ECONNREFUSED).');
  });

  it('counts only the calls that left this app', () => {
    expect(textOf(html)).toContain('This app made 1 call, 14 ms in all.');
  });
});

describe('the page of a hostile token, certificate and answer', () => {
  const html = render(HOSTILE);

  it('shows markup as text', () => {
    expect(html).not.toMatch(/<script|<img|<b>name/);
    expect(textOf(html)).toContain('<script>alert("claim")</script>');
    expect(textOf(html)).toContain('<img src=x onerror=alert(1)>');
    expect(textOf(html)).toContain('CN=<script>alert(1)</script>,O=A\\, B,C=DE');
  });

  it('says that token and certificate do not belong together', () => {
    expect(textOf(html)).toContain('Not the certificate it is bound to');
  });
});

describe('the page of a large answer', () => {
  const long = '"'.repeat(120_000);

  it('shows the beginning and says that it did', () => {
    const html = render({ ...SUCCESS, backend: { status: 200, body: long } });
    expect(html.length).toBeLessThan(150_000);
    expect(textOf(html)).toContain('Shortened: the body has 120000 characters');
  });

  it('quotes no message that is longer than a sentence', () => {
    const text = textOf(render({ ...SUCCESS, backend: { status: 200, body: { message: long } } }));
    expect(text).toContain('The backend answered with 200.');
  });

  it('says that an answer has no body', () => {
    expect(textOf(render({ ...SUCCESS, backend: { status: 204, body: '' } }))).toContain('The answer has no body.');
  });
});

describe('judgeBinding', () => {
  const { certificate, ...withoutCertificate } = SUCCESS;

  it('tells a bound token from one with another, no or an unknown certificate', () => {
    expect(certificate).toBeDefined();
    expect(judgeBinding(SUCCESS)).toBe('bound');
    expect(judgeBinding(HOSTILE)).toBe('other-certificate');
    expect(judgeBinding(withoutCertificate)).toBe('certificate-unknown');
    expect(judgeBinding({ ...SUCCESS, token: { claims: {} } })).toBe('unbound');
  });
});

describe('every page', () => {
  it('has no script, no inline style, no event handler and no address outside this app', () => {
    for (const result of [SUCCESS, DESTINATION_MISSING, XSUAA_HANGING, STALE_CACHE, HOSTILE]) {
      const html = render(result);
      expect(html).not.toMatch(/<(script|style|iframe|img|object)\b/);
      expect(html.match(/<[^>]*\s(?:style|on\w+)=/g)).toBeNull();
      expect(html.match(/(?:href|src)="(?!\/|#)[^"]*"/g)).toBeNull();
    }
  });
});

describe('the panel about a stolen token', () => {
  const panel = (result: ScenarioResult): string => textOf(partOf(render(result), 'id="stolen"', '</section>'));

  it('says what the certificate route is for, how new tokens are stopped and how long this one lives', () => {
    const text = panel(SUCCESS);
    expect(text).toContain('On its certificate route the backend accepts it only together with that certificate');
    expect(text).toContain('cf unbind-service stops new tokens at once');
    expect(text).toContain('this one until 2026-11-22 21:05 UTC, in 11 hours');
    expect(text).not.toContain('In this run');
  });

  it('points at a run that arrived without the certificate, refused or not', () => {
    expect(panel(PLAIN_ROUTE)).toContain('arrived without the certificate, as a thief would send it, and was refused');
    const accepted = { ...SUCCESS, hops: SUCCESS.hops.map((hop) => withoutCertificate(hop)) };
    expect(panel(accepted)).toContain('the backend has accepted the token all the same');
  });

  it('says that an unbound token is anybody’s', () => {
    const { cnf: _cnf, exp: _exp, ...claims } = SUCCESS.token?.claims ?? {};
    const text = panel({ ...SUCCESS, token: { claims } });
    expect(text).toContain('whoever has it can use it');
    expect(text).toContain('live until they expire.');
  });

  const withoutCertificate = (hop: Hop): Hop =>
    hop.to === 'backend' ? { ...hop, authentication: { kind: 'bearer' } } : hop;
});

describe('the page of a token straight from Identity', () => {
  const html = renderScenario({ ...IDENTITY_PAGE, shell: SHELL, result: IDENTITY_SUCCESS, now: NOW });
  const text = textOf(html);

  it('has a life line of Identity in place of XSUAA and Destination Service', () => {
    const picture = textOf(partOf(html, '<svg class="sequence"', '</svg>'));
    expect(picture).toContain('Identity (IAS)');
    expect(picture).not.toContain('XSUAA');
    expect(picture).not.toContain('Destination Service');
  });

  it('shows what the backend has verified: subject, zone, issuer, audience and certificate', () => {
    const facts = textOf(partOf(html, '<dl class="facts answer__facts"', '</dl>'));
    expect(facts).toMatch(
      /^Subject2f6c.*Zone \(app_tid, formerly zone_uuid\)5f9c.*Issuerhttps:\/\/localhost:5447.*Audience2f6c/s,
    );
    expect(facts).toContain(`Certificate (cnf)${KEYSTORE}`);
  });

  it('marks itself in the shell bar and says how new tokens are stopped', () => {
    expect(html).toMatch(/<a [^>]*href="\/homepage" aria-current="page"/);
    expect(text).toContain('Identity answers invalid_client');
  });

  it('shows no evidence when nothing was called', () => {
    const missing = renderScenario({ ...IDENTITY_PAGE, shell: SHELL, result: IDENTITY_NOT_BOUND, now: NOW });
    for (const id of ['claims', 'certificate', 'answer', 'stolen']) expect(missing).not.toContain(`id="${id}"`);
    expect(textOf(missing)).toContain('Failed: Frontend to Identity (IAS)');
    expect(missing).toContain('<code>cf bind-service frontendmtls clicreIas</code>');
  });
});

describe('a note', () => {
  it('stands as information beside the success', () => {
    const html = render(OWN_TOKEN);
    expect(html).toContain('fd-message-strip--information');
    expect(textOf(html)).toContain('This app has fetched the token itself');
    expect(textOf(html)).toContain('The backend answered with 200');
  });
});
