/** A JWT, or its beginning. */
const TOKEN = /eyJ[\w-]{8,}(\.[\w-]*)*/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Members of JSON whose values are secrets; also `client_secret=…` of a form. */
const MEMBER = /("[^"]*(?:secret|password|access_token|refresh_token|id_token)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const PARAMETER = /\b((?:client_secret|password|access_token|refresh_token|assertion)=)[^&\s"]+/gi;

/** Replaces tokens, private keys and values that are named as secrets in a text that is shown. */
export function maskSecrets(text: string): string {
  return text
    .replaceAll(PRIVATE_KEY, '(private key)')
    .replaceAll(MEMBER, '$1"(secret)"')
    .replaceAll(PARAMETER, '$1(secret)')
    .replaceAll(TOKEN, '(token)');
}
