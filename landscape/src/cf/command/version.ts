/** The release whose texts are followed, with build metadata that names no commit of the real one. */
export const CF_VERSION = '8.18.4+landscape.2026-08-20';
