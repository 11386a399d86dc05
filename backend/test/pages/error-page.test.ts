import { renderToString } from 'preact-render-to-string';
import { errorPage } from '../../src/pages/error-page';

describe('errorPage', () => {
  it('says first what is wrong, and the codes last', () => {
    const html = renderToString(errorPage({ status: 401, code: 'invalid_token', description: 'It has expired.' }));
    expect(html).toMatch(/<h1>No entry .*<\/h1><p>It has expired\.<\/p><p><code>401 invalid_token<\/code><\/p>/);
  });

  it('escapes the description', () => {
    const html = renderToString(errorPage({ status: 400, code: 'c', description: '<script>' }));
    expect(html).not.toContain('<script>');
  });

  it('has a title for a status that nobody thought of', () => {
    expect(renderToString(errorPage({ status: 418, code: 'c', description: 'd' }))).toContain(
      '<h1>The request failed</h1>',
    );
  });
});
