import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { Icon } from './icons';

/** What every page shows around its content. */
export interface ShellModel {
  readonly product: string;
  /** Region or landscape that the app runs in, e.g. `eu10` or `local landscape`. */
  readonly region: string;
  /** Version of Node.js, e.g. `v24.11.0`. */
  readonly node: string;
  /** The commit that was built. */
  readonly revision: string;
  /** Links of the shell bar, in order; the overview is always the first and not named here. */
  readonly scenarios: ReadonlyArray<{ readonly path: string; readonly title: string }>;
  /** How a browser reaches this app, e.g. `http://localhost:5002`: for the commands that pages show. */
  readonly origin?: string | undefined;
  /** Absent where nobody can log in. */
  readonly account?: Account | undefined;
}

/** Who uses the app, as far as the page knows. */
export type Account =
  /** The page did not look: it needs no login. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'user';
      readonly name: string;
      readonly logout: {
        readonly action: string;
        /** Proves the form to be this app's. */
        readonly proof: { readonly field: string; readonly value: string };
      };
    };

interface PageProps {
  readonly shell: ShellModel;
  /** Title of the page without the product's name. */
  readonly title: string;
  /** Path of the page, for the shell bar to mark it. */
  readonly path?: string;
  /** What stands in the band below the shell bar, the heading among it. */
  readonly header: ComponentChildren;
  readonly children: ComponentChildren;
}

/**
 * Renders a whole HTML document. It has no script and no inline style: it works under
 * `default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'`, with the built `public` folder at the root.
 */
export function renderPage(page: PageProps): string {
  return `<!DOCTYPE html>${renderToString(<Page {...page} />)}`;
}

function Page({ shell, title, path, header, children }: PageProps): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === shell.product ? title : `${title} – ${shell.product}`}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={`/assets/pages.css?v=${encodeURIComponent(shell.revision)}`} />
      </head>
      <body>
        <a class="skip-link" href="#content">
          Skip to the content
        </a>
        <ShellBar shell={shell} path={path} />
        <main id="content" tabindex={-1}>
          <div class="page-header">
            <div class="page-width">{header}</div>
          </div>
          <div class="page-width page-body">{children}</div>
        </main>
        <Footer shell={shell} />
      </body>
    </html>
  );
}

function ShellBar({ shell, path }: { readonly shell: ShellModel; readonly path: string | undefined }): JSX.Element {
  const links = [{ path: '/', title: 'Overview' }, ...shell.scenarios];
  return (
    <header class="fd-shellbar">
      <a class="fd-shellbar__branding" href="/">
        <span class="brand-mark">
          <Icon name="lock" />
        </span>
        <span class="fd-shellbar__title">{shell.product}</span>
      </a>
      <nav class="shell-nav" aria-label="Scenarios">
        {links.map((link) => (
          <a
            key={link.path}
            class="shell-nav__link"
            href={link.path}
            {...(link.path === path ? { 'aria-current': 'page' } : {})}
          >
            {link.title}
          </a>
        ))}
      </nav>
      {shell.account !== undefined && <AccountArea account={shell.account} path={path} />}
    </header>
  );
}

interface AccountAreaProps {
  readonly account: Account;
  readonly path: string | undefined;
}

function AccountArea({ account, path }: AccountAreaProps): JSX.Element {
  return (
    <nav class="shell-account" aria-label="User">
      <a class="shell-nav__link" href="/grants" {...(path === '/grants' ? { 'aria-current': 'page' } : {})}>
        Grants
      </a>
      <a class="shell-nav__link" href="/user" {...(path === '/user' ? { 'aria-current': 'page' } : {})}>
        {account.kind === 'user' ? account.name : 'Your login'}
      </a>
      {account.kind === 'user' && (
        <form method="post" action={account.logout.action}>
          <input type="hidden" name={account.logout.proof.field} value={account.logout.proof.value} />
          <button class="fd-button fd-button--transparent" type="submit">
            <span class="fd-button__text">Log out</span>
          </button>
        </form>
      )}
    </nav>
  );
}

function Footer({ shell }: { readonly shell: ShellModel }): JSX.Element {
  return (
    <footer class="page-footer">
      <dl class="page-width page-footer__facts">
        <FooterFact name="Region" value={shell.region} />
        <FooterFact name="Node.js" value={shell.node} />
        <FooterFact name="Revision" value={shell.revision} />
      </dl>
    </footer>
  );
}

function FooterFact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div class="page-footer__fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
