/** How the stand-in may differ from its default, to show what the real service does. */
export interface DestinationServiceBehaviour {
  /**
   * The real service runs in the cloud: with ProxyType Internet it reports an error for a token service URL on localhost or in a
   * private network. Off by default, since every token service of the landscape is on localhost.
   */
  readonly refusePrivateTokenUrls: boolean;
  /**
   * The real service keeps a token for its life time. On: a keystore that is replaced under its name leaves the cached token in
   * use, which is bound to the certificate before. Off by default: a new keystore means a new token.
   */
  readonly keepTokens: boolean;
}

export const defaultBehaviour: DestinationServiceBehaviour = { refusePrivateTokenUrls: false, keepTokens: false };
