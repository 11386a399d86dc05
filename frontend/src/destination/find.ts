import * as v from 'valibot';
import { measureHop, type HopOutcome } from '../hop-outcome';
import { concealSecret, parseJson, readReason } from '../upstream/answer';
import type { HttpAnswer, HttpClient } from '../upstream/http-client';
import { describeRefusal, describeTrouble, statusWithReason } from '../upstream/refusal';
import { UpstreamError, type Upstream } from '../upstream/upstream';

/** The service looks on the level of the instance first, then of the subaccount. */
const FIND_PATH = '/destination-configuration/v1/destinations/';

export interface FindRequest {
  /** `uri` of the binding. */
  readonly serviceUrl: URL;
  readonly destinationName: string;
  readonly token: string;
  readonly purpose: string;
  /** `skip`: no token comes back, but the keystore that the service would fetch one with. */
  readonly tokenRetrieval: 'perform' | 'skip';
}

const text = v.string();
/** The service's reference names these members with a capital, some of its prose without. */
const certificateSchema = v.pipe(
  v.object({ Name: v.optional(text), name: v.optional(text), Content: v.optional(text), content: v.optional(text) }),
  v.transform((entry) => ({ name: entry.Name ?? entry.name, content: entry.Content ?? entry.content })),
);

const foundSchema = v.object({
  destinationConfiguration: v.record(text, v.unknown()),
  authTokens: v.optional(
    v.array(
      v.object({
        type: v.optional(text, ''),
        value: v.optional(text, ''),
        error: v.optional(text),
        expires_in: v.optional(v.unknown()),
      }),
    ),
    [],
  ),
  certificates: v.optional(v.array(certificateSchema), []),
});

/** The answer of a find, in the service's own terms. */
export type FoundDestination = v.InferOutput<typeof foundSchema>;

/** Asks the Destination Service for a destination (`GET /v1/destinations/{name}`, the find call). */
export function findDestination(
  http: HttpClient,
  service: Upstream,
  { serviceUrl, destinationName, token, purpose, tokenRetrieval }: FindRequest,
): Promise<HopOutcome<FoundDestination>> {
  const query = tokenRetrieval === 'skip' ? '?$skipTokenRetrieval=true' : '';
  const path = `${FIND_PATH}${encodeURIComponent(destinationName)}${query}`;
  const draft = {
    from: 'frontend',
    to: service.party,
    method: 'GET',
    path,
    purpose,
    authentication: { kind: 'bearer' },
  } as const;
  return measureHop(draft, async () => {
    const answer = await http.send(service, {
      method: 'GET',
      url: new URL(path, serviceUrl),
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
    });
    return { status: answer.status, value: readFound(answer, service, { destinationName, token }) };
  });
}

/** The code of the failure after which a new token is worth a try. */
export const TOKEN_REFUSED = 'destination-service-token-refused';

function readFound(
  answer: HttpAnswer,
  service: Upstream,
  { destinationName, token }: Pick<FindRequest, 'destinationName' | 'token'>,
): FoundDestination {
  if (answer.status !== 200) throw explainRefusal(concealSecret(answer, token), service, destinationName);
  const parsed = v.safeParse(foundSchema, parseJson(answer.text));
  if (parsed.success) return parsed.output;
  // The body is not quoted anywhere: it may hold a token or a key.
  const where = v.getDotPath(parsed.issues[0]);
  throw new UpstreamError({
    code: 'destination-service-answer-invalid',
    status: 502,
    description: 'The Destination Service answered 200 with something that is no destination.',
    remedy: `Check that ${service.addressFrom} is the address of a Destination Service.`,
    upstreamStatus: answer.status,
    detail: where === null ? parsed.issues[0].message : `${where}: ${parsed.issues[0].message}`,
  });
}

function explainRefusal(answer: HttpAnswer, service: Upstream, name: string): UpstreamError {
  const { status } = answer;
  if (status === 404 && readReason(answer) === 'Configuration with the specified name was not found')
    return describeRefusal(answer, {
      code: 'destination-not-found',
      status: 502,
      description: `There is no destination "${name}", neither in the service instance nor in the subaccount.`,
      remedy: howToCreate(name),
    });
  if (status === 401)
    return describeRefusal(answer, {
      code: TOKEN_REFUSED,
      status: 502,
      description: `The Destination Service refused this app's token (${statusWithReason(answer)}).`,
      remedy: 'The service instance may have been deleted or made anew: bind it again and restage this app.',
    });
  if (status === 403)
    return describeRefusal(answer, {
      code: 'destination-service-forbidden',
      status: 502,
      description: `The Destination Service does not let this app read destinations (${statusWithReason(answer)}).`,
      remedy: 'Bind an instance of the service "destination", plan lite, and restage this app.',
    });
  return (
    describeTrouble(answer, service) ??
    describeRefusal(answer, {
      code: 'destination-service-answer-invalid',
      status: 502,
      description: `The Destination Service gave an answer that a find call never gets (${statusWithReason(answer)}).`,
      remedy: `Check ${service.addressFrom}.`,
    })
  );
}

function howToCreate(name: string): string {
  return (
    'Create it with `mtls destination deploy --service-key destination-key.txt --xsuaa-key xsuaa-key.txt --url ADDRESS`, ' +
    'which also uploads the keystore; in the cockpit, import destination/destination_to_mtlsapp. ' +
    `If yours has another name than "${name}", set DESTINATION_NAME to it.`
  );
}
