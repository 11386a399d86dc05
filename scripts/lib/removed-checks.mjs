// The checks of the backend and of the router that keep a stolen or forged token out, and those of the frontend that keep
// the demonstration of attacks from being one, each with a change that removes it.
// `npm run test:removed-checks` makes one change at a time in a copy, and expects the tests named here to fail.

const binding = ['backend/test/auth/require-certificate-binding.test.ts'];
const xsuaa = ['backend/test/auth/authenticate.test.ts', 'backend/test/auth/xsuaa-issuer.test.ts'];
const identity = ['backend/test/auth/identity-issuer.test.ts'];
const oauth = ['backend/test/auth/oauth-issuer.test.ts', 'backend/test/auth/oauth-metadata.test.ts'];
const router = ['landscape/test/router/router.test.ts', 'landscape/test/router/client-certificate.test.ts'];

/** Each `from` occurs once in the file. */
export const removedChecks = [
  ...inFile(
    'backend/src/app.ts',
    [...binding, 'backend/test/app.test.ts'],
    [
      ['the token', '  app.use((req, res, next) => void bound.current.authenticate(req, res, next));\n', ''],
      ['the binding', '  app.use(requireCertificateBinding(config.certificateBinding));\n', ''],
    ],
  ),
  ...inFile(
    'backend/src/auth/bearer-token.ts',
    ['backend/test/auth/bearer-token.test.ts'],
    [
      ['a token in the query', 'if (hasTokenInQuery(url)) throw', 'if (false) throw'],
      ['a second Authorization header', "listHeaderValues(rawHeaders, 'authorization').length > 1", 'false'],
      ['a second word behind Bearer', '/[ \\t,]/.test(token)', 'false'],
      ['another scheme', '/^bearer(?: +|$)/i', '/^\\w+(?: +|$)/i'],
    ],
  ),
  ...inFile('backend/src/auth/authenticate.ts', xsuaa, [
    ['the verdict of the issuer', 'this.error(refusedToken(error))', 'this.pass()'],
    ['the header of the token', 'const problem = findHeaderProblem(token.header);', 'const problem = undefined;'],
    ['that a refused token is not remembered', 'if (problem !== undefined) throw problem;', ''],
    [
      'what can have changed for a known token',
      '    await known.service.validateToken(known.token, correlation);\n',
      '',
    ],
  ]),
  ...inFile(
    'backend/src/auth/decode-token.ts',
    [...xsuaa, 'backend/test/auth/decode-token.test.ts'],
    [
      ['the form of a signed JWT', '/^([\\w-]+)\\.([\\w-]+)\\.[\\w-]+$/', '/^([^.]+)\\.([^.]+)(?:\\..*)?$/'],
      ['that claims are an object', "typeof value !== 'object' || value === null || Array.isArray(value)", 'false'],
    ],
  ),
  ...inFile(
    'backend/src/auth/token-header.ts',
    ['backend/test/auth/token-header.test.ts'],
    [
      ['critical extensions', 'if (crit !== undefined) {', 'if (false) {'],
      [
        'the type',
        "if (typ === undefined || (typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ))) return undefined;",
        'return undefined;',
      ],
    ],
  ),
  ...inFile(
    'backend/src/auth/refused-token.ts',
    [...xsuaa, 'backend/test/auth/refused-token.test.ts'],
    [
      ['failures of the issuer', 'if (error instanceof AppError) return error;', ''],
      [
        'mistakes of the configuration',
        'if (error instanceof errors.ConfigurationError) return new InternalError(error);',
        '',
      ],
      ['the length of a detail', '.slice(0, DETAIL_LENGTH)', ''],
    ],
  ),
  ...inFile(
    'backend/src/auth/verified-tokens.ts',
    [...xsuaa, 'backend/test/auth/verified-tokens.test.ts'],
    [
      [
        'only verified signatures are remembered',
        'get: (jwt) => (this.get(jwt) === undefined ? undefined : true)',
        'get: () => true',
      ],
      ['the whole token is compared', 'found?.token.jwt === jwt ? found : undefined', 'found'],
    ],
  ),
  ...inFile('backend/src/auth/xsuaa-issuer.ts', xsuaa, [
    ['the zone', "    await this.#checkZone((token.payload as Record<string, unknown>)['zid']);\n", ''],
    ['another zone', 'if (zone !== this.#zone) throw wrongZone(zone, this.#zone);', ''],
    ['the form of a zone', "typeof zone !== 'string' || !ZONE.test(zone)", 'false'],
    ['the limit of zones', '    await this.#keySets.admit(zone, this.jwksCache);\n', ''],
    ['a verdict of XSUAA', 'if (error instanceof errors.ValidationError) throw error;', ''],
    [
      'usable keys',
      'return parseKeySet(await super.fetchJwks(query, correlationIdToPassOn(correlationId)));',
      'return (await super.fetchJwks(query, correlationIdToPassOn(correlationId))) as PublicKeySet;',
    ],
    ['odd correlation ids', 'correlationIdToPassOn(correlationId)', 'correlationId'],
    ['the deadline', ', signal: AbortSignal.timeout(this.#timeoutMs)', ''],
  ]),
  ...inFile('backend/src/auth/identity-issuer.ts', identity, [
    ['the issuer', "    this.#checkIssuer(claims['ias_iss'] ?? claims['iss']);\n", ''],
    ['ias_iss', "claims['ias_iss'] ?? claims['iss']", "claims['iss']"],
    ['the tenant', '    this.#checkTenant(tenant);\n', ''],
    [
      'the limit of clients',
      '    await this.#keySets.admit(`${String(tenant)} ${String(azp)} ${String(azp_app_tid)}`, this.jwksCache);\n',
      '',
    ],
    [
      'the signature before the client is asked for',
      'const own = { app_tid: this.#tenant, azp: this.#clientId, azp_app_tid: undefined };',
      'const own = { app_tid: tenant, azp: claims.azp, azp_app_tid: claims.azp_app_tid };',
    ],
    [
      'whether the service accepts the client',
      "    await this.getJwks(named as unknown as string, config); // the library's types say string, and its code takes a token\n",
      '    void named;\n',
    ],
    [
      'claims in headers',
      '    for (const [name, value] of Object.entries(parties)) checkHeaderValue(name, value);\n',
      '',
    ],
    ['the issuer as the binding has it', '{ ...parties, iss: this.#url }', '{ ...token.payload, ...parties }'],
    [
      'a verdict of the service',
      'if (error instanceof errors.ResponseError && error.responseCode === 400) throw refusedByService(error);',
      '',
    ],
    [
      'usable keys',
      'return parseKeySet(await super.fetchJwks(query, { ...options, correlationId }));',
      'return (await super.fetchJwks(query, { ...options, correlationId })) as PublicKeySet;',
    ],
    ['https of the keys', " && new URL(text).protocol === 'https:'", ''],
    ['the deadline', ', signal: AbortSignal.timeout(this.#timeoutMs)', ''],
  ]),
  ...inFile('backend/src/auth/oauth-issuer.ts', oauth, [
    ['the issuer', '    this.#checkIssuer(token.issuer);\n', ''],
    ['header', '    checkHeader(token, header);\n', ''],
    ['the algorithm', "if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) throw", 'if (false) throw'],
    ['the type', "if (typeof typ !== 'string' || !/^(application\\/)?at\\+jwt$/i.test(typ))", 'if (false)'],
    ['what is refused of any issuer', 'if (problem !== undefined) throw problem;', ''],
    ['a key id', "if (typeof kid !== 'string') throw", 'if (false) throw'],
    ['the claims of an access token', "        requiredClaims: ['exp', 'sub', 'client_id'],\n", ''],
  ]),
  ...inFile('backend/src/auth/oauth-metadata.ts', oauth, [
    ['whose metadata it is', 'if (metadata.issuer !== issuer)', 'if (false)'],
    ['https of the keys', " && new URL(text).protocol === 'https:'", ''],
  ]),
  ...inFile(
    'backend/src/auth/fetch-json.ts',
    ['backend/test/auth/fetch-json.test.ts'],
    [
      ['the status', 'if (status !== 200) throw', 'if (false) throw'],
      ['the deadline', '    signal: AbortSignal.timeout(timeoutMs),\n', ''],
      [
        'the length',
        'if (size <= LIMIT_BYTES) chunks.push(chunk);\n        else',
        'chunks.push(chunk);\n        if (false)',
      ],
    ],
  ),
  ...inFile(
    'backend/src/auth/key-set.ts',
    ['backend/test/auth/key-set.test.ts'],
    [
      ['keys that cannot verify', '.filter(isPublicKey)', ''],
      ['a set without keys', "if (keys.length === 0) throw new Error('The key set holds no usable key.');", ''],
    ],
  ),
  ...inFile(
    'backend/src/auth/refreshed-key-set.ts',
    ['backend/test/auth/refreshed-key-set.test.ts'],
    [
      ['the age of keys', 'if (age >= MAX_AGE_MS) return this.#refresh();', ''],
      [
        'how often unknown keys are fetched',
        '!isUnknown || this.#now() - this.#lastAttempt < UNKNOWN_KEY_INTERVAL_MS',
        '!isUnknown',
      ],
    ],
  ),
  ...inFile(
    'backend/src/auth/certificate-binding.ts',
    ['backend/test/auth/certificate-binding.test.ts'],
    [
      [
        'a confirmation that cannot be read',
        "if (hash === undefined) return { kind: 'unreadable-confirmation' };",
        "if (hash === undefined) return { kind: 'unbound' };",
      ],
      [
        'that there is a certificate',
        "if (der === undefined) return { kind: 'no-certificate', expected };",
        "if (der === undefined) return { kind: 'bound' };",
      ],
      ['the comparison', 'timingSafeEqual(presented, hash)', 'true'],
      ['the known text', 'this.#texts.get(thumbprint) === text', 'this.#texts.has(thumbprint)'],
      ['the bytes that are hashed', '.update(der)', '.update(der.subarray(0, -1))'],
      ['cnf null', ' || cnf === null', ''],
      [
        'a thumbprint that is no text',
        "return typeof thumbprint === 'string' ? thumbprint : undefined;",
        'return thumbprint as string;',
      ],
      ['the length of the hash', 'hash.length === SHA256_BYTES && ', ''],
      ['the one spelling', " && hash.toString('base64url') === thumbprint", ''],
    ],
  ),
  ...inFile(
    'backend/src/auth/certificate-route.ts',
    ['backend/test/auth/certificate-route.test.ts'],
    [
      ['targets in absolute form', "if (url?.startsWith('/') !== true) return false;", ''],
      ['a second Host', ' || second !== undefined', ''],
      ['the list of hosts', 'hosts.has(host) || ', 'host !== "" || '],
      [
        'one label for a wildcard',
        "hosts.has(`*${host.slice(host.indexOf('.'))}`)",
        '[...hosts].some((name) => host.endsWith(name.slice(1)))',
      ],
      ['the port', ".replace(PORT, '')", ".replace(/:.*/, '')"],
    ],
  ),
  ...inFile(
    'backend/src/auth/raw-headers.ts',
    ['backend/test/auth/raw-headers.test.ts'],
    [
      ['the case of names', 'header.toLowerCase() === name', 'header === name'],
      ['every value', 'index += 2', 'index += rawHeaders.length'],
    ],
  ),
  ...inFile(
    'backend/src/auth/client-certificate.ts',
    ['backend/test/auth/client-certificate.test.ts'],
    [
      ['two headers', 'if (values.length > 1) return', 'if (false) return'],
      ['the length', 'if (value.length > MAX_LENGTH) return', 'if (false) return'],
      ['an empty value', 'der.length === 0 || ', ''],
      ['the one spelling', " || der.toString('base64') !== base64", ''],
      ['the colons of RFC 9440', 'BYTE_SEQUENCE.exec(value)?.[1]', "value.replaceAll(':', '')"],
      ['bytes behind the certificate, and PEM', 'certificate.raw.equals(der) ? certificate : undefined', 'certificate'],
    ],
  ),
  ...inFile('backend/src/auth/require-certificate-binding.ts', binding, [
    ['the route', 'isCertificateRoute(req, hosts)', 'hosts.size >= 0'],
    ['a second header beside the known one', ' && second === undefined', ''],
    ['the refusal', 'if (refusal !== undefined) throw refusal;', ''],
    [
      'an unreadable header',
      "if (presented.kind === 'unreadable') return refusals.unreadableCertificate(header, presented.reason);",
      '',
    ],
    [
      'bytes that are no certificate',
      'if (der !== undefined && parseCertificate(der) === undefined) {',
      'if (false) {',
    ],
    [
      'unbound tokens',
      "return onCertificateRoutes === 'required' ? refusals.unboundToken() : undefined;",
      'return undefined;',
    ],
    [
      'an unreadable confirmation',
      "  if (verdict.kind === 'unreadable-confirmation') return refusals.unreadableConfirmation(claims['cnf']);\n  return verdict",
      "  if (verdict.kind === 'unreadable-confirmation') return undefined;\n  return verdict",
    ],
    ['another certificate', ': refusals.otherCertificate(verdict)', ': undefined'],
    ['no certificate', 'refusals.noCertificate(verdict)', 'undefined'],
    [
      'a header on a plain route',
      "if (readClientCertificate(rawHeaders, header).kind !== 'absent') return refusals.certificateOnPlainRoute(header);",
      '',
    ],
    [
      'an unreadable confirmation on a plain route',
      "  if (verdict.kind === 'unreadable-confirmation') return refusals.unreadableConfirmation(claims['cnf']);\n  const isRefused",
      '  const isRefused',
    ],
    ['bound tokens on a plain route', "verdict.kind === 'no-certificate' && boundOnPlainRoutes === 'refuse'", 'false'],
    ['the setting that accepts them', " && boundOnPlainRoutes === 'refuse'", ''],
  ]),
  ...inFile(
    'backend/src/auth/require-scope.ts',
    ['backend/test/auth/require-scope.test.ts'],
    [
      ['the scope', 'if (!isGranted(req, scope)) throw', 'if (false) throw'],
      ['a scope of XSUAA', 'return context.checkLocalScope(scope);', 'return true;'],
      ['whose scopes count', 'if (!(context.service instanceof OAuthIssuer)) return false;', ''],
      [
        'a scope of other issuers',
        "typeof granted === 'string' && granted.split(' ').includes(scope)",
        "typeof granted === 'string' && granted.includes(scope)",
      ],
    ],
  ),
  ...inFile(
    'backend/src/certificate-binding-settings.ts',
    ['backend/test/certificate-binding-settings.test.ts'],
    [
      ['which routes are certificate routes', " && host.split('.')[1] === 'cert'", ''],
      [
        'a binding that is required where there is no such route',
        "if (onCertificateRoutes === 'required' && routes.length === 0) {",
        'if (false) {',
      ],
      ['odd hosts', 'if (wrong !== undefined) {', 'if (false) {'],
      ['odd choices', 'if (choice === undefined) {', 'if (false) {'],
    ],
  ),
  ...inFile('landscape/src/router/forwarded-headers.ts', router, [
    ['headers that tell of a certificate', ' || tellsOfCertificate(lowerCase)', ''],
    ['spellings with underscores', "lowerCase.replaceAll('_', '-')", 'lowerCase'],
    ['the header itself', "name === 'x-forwarded-client-cert' || ", ''],
    ['the headers of HAProxy', " || name.startsWith('x-ssl-client')", ''],
    ['headers that the router sets', ' || replaced.has(lowerCase)', ''],
    ['headers of the connection', 'hopByHop.has(lowerCase) || replaced', 'replaced'],
    ['what Connection names', 'if (named?.has(lowerCase)) continue;', ''],
    ['the name of the route as Host', "['host', forwarded.host]", "['host', req.headers.host ?? '']"],
  ]),
  ...inFile('landscape/src/router/client-certificate.ts', router, [
    ['certificates that do not count', 'if (problem !== undefined) {', 'if (false) {'],
  ]),
  ...inFile(
    'landscape/src/client-trust.ts',
    ['landscape/test/client-trust.test.ts'],
    [
      [
        'expiry by the clock of the landscape',
        "if (Date.parse(certificate.validTo) <= now) return 'CERT_HAS_EXPIRED';",
        '',
      ],
      [
        'the begin by the clock of the landscape',
        "if (Date.parse(certificate.validFrom) > now) return 'CERT_NOT_YET_VALID';",
        '',
      ],
      [
        'self-signed certificates that nobody trusts',
        'this.#trusted.has(certificate.fingerprint256)',
        'certificate.subject === certificate.issuer',
      ],
      ['the chain of early certificates', ' && this.#reachesRoot(certificate)', ''],
      [
        'who has signed',
        'if (current.checkIssued(root) && current.verify(root.publicKey)) return true;',
        'if (current.checkIssued(root)) return true;',
      ],
      ['issuers that are no authorities', '!issuer.ca || ', ''],
      ['the links of a chain', ' || !current.verify(issuer.publicKey)', ''],
      ['what OpenSSL finds', 'if (socket.authorized || ', 'if (socket || '],
    ],
  ),
  ...inFile('landscape/src/router/router.ts', router, [
    [
      'the listener',
      'certificates: certificate ? this.#certificates : undefined',
      "certificates: req.headers.host?.split('.')[1] === 'cert' || certificate ? this.#certificates : undefined",
    ],
    ['that certificate routes ask for a certificate', ', requestCert: true', ''],
  ]),
  ...inFile('landscape/src/listener.ts', router, [
    ['renegotiation', '  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,\n', ''],
  ]),
  ...inFile(
    'frontend/src/request-forgery.ts',
    ['frontend/test/request-forgery.test.ts'],
    [
      ['the site of a form', "site !== undefined && site !== 'same-origin' && site !== 'none'", 'false'],
      ['the origin of a form', 'origin !== undefined && !isHidden &&', 'false &&'],
      [
        'the cookie of a form',
        'if (expected === undefined) throw',
        'if (expected === undefined) return next(); if (false) throw',
      ],
      ['the field of a form', '!timingSafeEqual(Buffer.from(token), Buffer.from(expected))', 'false'],
    ],
  ),
  ...inFile(
    'frontend/src/request-cookies.ts',
    ['frontend/test/request-forgery.test.ts'],
    [['the prefix of the cookie', 'secure ? `__Host-${name}` : name', 'name']],
  ),
  ...inFile(
    'frontend/src/tokens/token-endpoint.ts',
    ['frontend/test/tokens/token-endpoint.test.ts'],
    [['that a refusal does not show what was sent', 'if (answer.status === 200) return answer;', 'return answer;']],
  ),
  ...inFile(
    'frontend/src/routes/replay.ts',
    ['frontend/test/routes/replay.test.ts'],
    [
      ['that attacks are switched on', 'if (!isOn) throw', 'if (false) throw'],
      ['the form of a replay', '...requireOwnForm(), ', ''],
      ['the number of replays', 'if (waitMs > 0) throw', 'if (false) throw'],
    ],
  ),
  ...inFile(
    'frontend/src/replay/replay-token.ts',
    ['frontend/test/replay/replay-token.test.ts'],
    [
      ['that an answer does not show the token', 'concealSecret(raw, token)', 'raw'],
      [
        'that the answer counts',
        "const asExpected = answer.kind === 'answered' && judge(answer.status) === step.expected;",
        'const asExpected = true;',
      ],
    ],
  ),
];

/** @param changes what is removed, and the text before and after */
function inFile(file, tests, changes) {
  return changes.map(([what, from, to]) => ({ file, tests, what, from, to }));
}
