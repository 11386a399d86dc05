import type { JSX } from 'preact';
import type { ScenarioResult } from '../scenario';
import { boundThumbprint } from './claims';
import { Card } from './card';
import { shortThumbprint } from './hop-text';
import { CodeBlock } from './text';

/** Explains what a thief of this token could do, and what the binding is for. */
export function StolenToken({ result }: { readonly result: ScenarioResult }): JSX.Element {
  const thumbprint = boundThumbprint(result);
  return (
    <Card id="stolen" title="What if it is stolen?">
      {thumbprint === undefined ? <Unbound /> : <Bound thumbprint={thumbprint} />}
    </Card>
  );
}

function Bound({ thumbprint }: { readonly thumbprint: string }): JSX.Element {
  return (
    <>
      <p>
        This token names the certificate <code>{shortThumbprint(thumbprint)}</code> in <code>cnf</code>, so a resource
        server that checks the binding (RFC 8705, section 3) accepts it only from the holder of that certificate’s
        private key. The backend of this release validates signature, issuer, audience and expiry, but does not compare
        the certificate yet: until the token expires, its thief could still use it there.
      </p>
      <p>The certificate, its key and the keystore that holds both are made from a service key by:</p>
      <CodeBlock>npx mtls cert extract key.txt</CodeBlock>
    </>
  );
}

function Unbound(): JSX.Element {
  return (
    <>
      <p>
        This token has no <code>cnf</code>: whoever has it can use it until it expires. A token that was fetched with a
        client certificate is bound to it; the certificate and its key are taken from a service key by:
      </p>
      <CodeBlock>npx mtls cert extract key.txt</CodeBlock>
    </>
  );
}
