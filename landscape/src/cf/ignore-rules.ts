/** What `cf push` never uploads, whatever `.cfignore` says (cf CLI v8; `.gitignore` and node_modules are not in it). */
const always = [
  '.cfignore',
  '.DS_Store',
  '.git',
  '.gitignore',
  '.hg',
  '.svn',
  '_darcs',
  '/manifest.yaml',
  '/manifest.yml',
];

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

/** Answers whether a path, relative to the app's folder and with forward slashes, stays out of the upload. */
export type IsIgnored = (path: string, kind: 'file' | 'folder') => boolean;

/** Reads the text of a `.cfignore`: the syntax of gitignore, the last matching rule wins. */
export function readIgnoreRules(cfignore: string): IsIgnored {
  const rules = [...cfignore.split(/\r?\n/), ...always].map(parseRule).filter((rule) => rule !== undefined);
  return (path, kind) => {
    let ignored = false;
    for (const rule of rules)
      if ((kind === 'folder' || !rule.foldersOnly) && rule.pattern.test(path)) ignored = !rule.negated;
    return ignored;
  };
}

function parseRule(line: string): Rule | undefined {
  // Blanks at the end do not count unless they are escaped.
  const trimmed = line.replace(/(?<!\\)\s+$/, '');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const negated = trimmed.startsWith('!');
  const text = negated ? trimmed.slice(1) : trimmed.replace(/^\\(?=[!#])/, '');
  const foldersOnly = text.endsWith('/');
  const body = foldersOnly ? text.slice(0, -1) : text;
  // A slash at the beginning or in the middle ties the pattern to the app's folder.
  const anchored = body.includes('/');
  const glob = toExpression(body.replace(/^\//, ''));
  return { pattern: new RegExp(`^${anchored ? '' : '(?:.*/)?'}${glob}$`), negated, foldersOnly };
}

const tokens = /\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|\\.|[^*?[\\]+|./gs;

function toExpression(glob: string): string {
  return glob.replace(tokens, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        if (token.startsWith('[') && token.length > 2) return token.replace(/^\[!/, '[^');
        return (token.startsWith('\\') ? token.slice(1) : token).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    }
  });
}
