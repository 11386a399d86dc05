// Installs from a lock file what is missing, and nothing when the folder already matches its lock.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Makes `folder/node_modules` match `folder/package-lock.json`; exits with npm's status when that fails. */
export function ensureInstalled(folder) {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const marker = join(folder, 'node_modules', '.installed-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lockHash) return;
  console.log(`Installing dependencies (npm ci in ${folder}) ...`);
  // `npm run` hands the settings of this repository's .npmrc on; the folder has an .npmrc of its own.
  const { npm_config_engine_strict: _, ...env } = process.env;
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      `npm ci failed in ${folder}: see its message above; a registry must be reachable for the first start.`,
    );
    process.exit(status ?? 1);
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(marker, lockHash);
}
