export const USER_PATH = '/user';
const LONGEST = 500;
/** Neither control characters, which browsers drop, nor a backslash, which they take for a slash. */
const PRINTABLE = /^[\x21-\x5b\x5d-\x7e]+$/;
/** Of the login itself: going there again would lead in a circle. */
const OWN_PATHS = /^\/(?:login|logout)(?:[/?#]|$)/;

/**
 * The path in this app that a login leads back to: whatever else is asked for, in particular the address of another site,
 * becomes that of the user's page.
 */
export function safeReturnPath(asked: string | null): string {
  if (asked === null || asked.length > LONGEST || !PRINTABLE.test(asked)) return USER_PATH;
  if (!asked.startsWith('/') || asked.startsWith('//') || !URL.canParse(asked, OWN_ORIGIN)) return USER_PATH;
  const { origin, pathname, search } = new URL(asked, OWN_ORIGIN);
  const isElsewhere = origin !== OWN_ORIGIN || pathname.startsWith('//');
  return isElsewhere || OWN_PATHS.test(pathname) ? USER_PATH : `${pathname}${search}`;
}

const OWN_ORIGIN = 'https://app.invalid';
