import { renderError } from '../../src/pages';
import { textOf } from './html';
import { SHELL } from './models';

describe('the error page', () => {
  const html = renderError({
    shell: SHELL,
    status: 404,
    title: 'Page not found',
    message: 'This app has no page at `/<nowhere>`.',
    remedy: 'Start from the overview.',
  });

  it('says what is wrong and what to do, with the status beside it', () => {
    expect(textOf(html)).toContain('This app has no page at /<nowhere>.');
    expect(textOf(html)).toContain('What to do: Start from the overview.');
    expect(textOf(html)).toContain('Answered with 404');
  });

  it('shows what came in backticks as code, escaped', () => {
    expect(html).toContain('<code>/&lt;nowhere></code>');
  });

  it('leads back to the overview', () => {
    expect(html).toContain('href="/"');
  });

  it('shows a lone backtick as it is', () => {
    const odd = renderError({
      shell: SHELL,
      status: 400,
      title: 'Odd',
      message: 'An odd ` character',
      remedy: 'None.',
    });
    expect(textOf(odd)).toContain('An odd ` character');
  });
});
