import type { JSX } from 'preact';
import { CodeBlock } from './text';

/** Whether a page can have its token used again as a thief would. */
export type ReplayOffer =
  | {
      readonly kind: 'on';
      /** Where the form is sent. */
      readonly action: string;
      /** Proves it to be this app's: a hidden field that repeats a cookie. */
      readonly proof: { readonly cookie: string; readonly field: string; readonly value: string };
    }
  | { readonly kind: 'off'; readonly appName: string };

/** Offers to replay the token of the page, or says how to do so by hand. */
export function ReplayPanel({ offer }: { readonly offer: ReplayOffer }): JSX.Element {
  if (offer.kind === 'off') return <ReplayByHand appName={offer.appName} />;
  return (
    <>
      <p>
        See for yourself: this app uses the token once more with its certificate, and as its thief would, without it,
        with another one, and with a forged header.
      </p>
      <ReplayForm offer={offer} label="Replay this token" />
    </>
  );
}

/** A token that can be replayed, by the title of its page. */
export interface ReplayChoice {
  readonly title: string;
  readonly offer: ReplayOffer;
}

/** Offers to replay each of several tokens. */
export function ReplayChoices({ choices }: { readonly choices: readonly ReplayChoice[] }): JSX.Element {
  const off = choices.find(({ offer }) => offer.kind === 'off');
  if (off !== undefined) return <ReplayPanel offer={off.offer} />;
  return (
    <>
      <p>
        A thief sees no difference between these tokens; the backend does. This app uses each once more as its thief
        would: without a certificate, with another one, and with a forged header.
      </p>
      <div class="replay-forms">
        {choices.map(({ title, offer }) =>
          offer.kind === 'on' ? <ReplayForm key={title} offer={offer} label={`Replay: ${title}`} /> : null,
        )}
      </div>
    </>
  );
}

interface ReplayFormProps {
  readonly offer: Extract<ReplayOffer, { kind: 'on' }>;
  readonly label: string;
  /** Where it is the main action of its page. */
  readonly emphasized?: true;
}

/** Shows the button; the form works without a script. */
export function ReplayForm({ offer: { action, proof }, label, emphasized }: ReplayFormProps): JSX.Element {
  return (
    <form method="post" action={action}>
      <input type="hidden" name={proof.field} value={proof.value} />
      <button class={emphasized ? 'fd-button fd-button--emphasized' : 'fd-button'} type="submit">
        <span class="fd-button__text">{label}</span>
      </button>
    </form>
  );
}

const BY_HAND = `BOUND="https://<certificate route of the backend>/endpoint"
PLAIN="https://<its plain route>/endpoint"
export TOKEN="$(mtls token key.txt --raw)"
mtls call key.txt "$BOUND" --bearer-env TOKEN                  # 200
mtls call key.txt "$BOUND" --bearer-env TOKEN --no-certificate # 401
mtls call other-key.txt "$BOUND" --bearer-env TOKEN            # 401
DER="$(openssl x509 -in certificate.pem -outform DER | base64 -w0)"
mtls call "$PLAIN" --bearer-env TOKEN -H "x-forwarded-client-cert: $DER" # 401`;

function ReplayByHand({ appName }: { readonly appName: string }): JSX.Element {
  return (
    <>
      <p>
        This app can replay the token in front of your eyes; here that is switched off. To switch it on:{' '}
        <code>cf set-env {appName} DEMO_ATTACKS true</code>, <code>cf restart {appName}</code>. Or do it by hand, with
        the token of a service key:
      </p>
      <CodeBlock label="Commands that replay a token">{BY_HAND}</CodeBlock>
    </>
  );
}
