/** A certificate and the thumbprint that somebody else published for it. */
export const rfc8705 = {
  /** RFC 8705 Appendix A, figure 5: the member `x5c` of the JWK. */
  certificate:
    'MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAxODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRs' +
    'czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6Ix' +
    'Lm8wCgYIKoZIzj0EAwIDSQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOVbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=',
  /** RFC 8705 Appendix A, figure 3: the token's claim `cnf`. */
  thumbprint: 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0',
};

/** In the tests of SAP's libraries for Java (`X509CertificateTest`) and Go (`certificate_test.go`); no certificate needed. */
export const sapThumbprint = 'fU-XoQlhMTpQsz9ArXl6zHIpMGuRO4ExLKdLRTc5VjM';
