// The routes of the AuthZEN Authorization API 1.0: evaluation, evaluations, searches and metadata (sections 6 to 9).

import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { SignJWT } from 'jose';
import type { Access } from '../../access/access.ts';
import type { DecisionPoint } from '../../pdp/decision-point.ts';
import { evaluateAll } from '../../pdp/evaluations.ts';
import { type Searched, searchEntities } from '../../pdp/search.ts';
import type { SigningKey } from '../../tokens/signing-key.ts';
import { evaluationPath, readWritten } from '../quick-evaluation.ts';
import {
  getRawBody,
  parseBody,
  parseExactBody,
  readAsking,
  requireRole,
  serializeExactly,
} from '../requests.ts';
import * as schemas from '../schemas.ts';

export interface AuthZenOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  /** Where callers reach the service, without a slash at the end. */
  readonly url: () => string;
  /** Returns the key that signs the metadata, or `undefined` if it is not signed. Another key may follow it. */
  readonly signingKey: () => SigningKey | undefined;
  /** Where a caller asks that a challenged call be approved. */
  readonly accessRequestUrl: string | undefined;
  readonly maxBatch: number;
}

const paths = {
  evaluation: evaluationPath,
  evaluations: '/access/v1/evaluations',
  subject: '/access/v1/search/subject',
  resource: '/access/v1/search/resource',
  action: '/access/v1/search/action',
} as const;

const json = 'application/json; charset=utf-8';

export function addAuthZen(app: FastifyInstance, options: AuthZenOptions): void {
  const { point, access, maxBatch } = options;
  const onRequest = requireRole(access, 'evaluate');
  app.post(
    paths.evaluation,
    {
      onRequest,
      // The module reads the bytes, and reports what is wrong with them.
      validatorCompiler: () => () => true,
      schema: describeOperation('evaluation', 'Decide a request', {
        body: schemas.evaluationRequest,
        response: { 200: schemas.evaluationResponse },
      }),
      serializerCompiler: () => String,
    },
    (request, reply) => {
      reply.header('content-type', json);
      const written = point.evaluate(
        getRawBody(request),
        readAsking(request, request.caller, 'evaluation', request.span),
      );
      if (!(written instanceof Promise)) return reply.send(readWritten(written));
      return written.then((text) => reply.send(readWritten(text)));
    },
  );
  app.post(
    paths.evaluations,
    {
      onRequest,
      preValidation: parseBody,
      schema: describeOperation('evaluations', 'Decide several requests', {
        body: schemas.evaluationsRequest,
        response: { 200: schemas.evaluationsResponse },
      }),
      serializerCompiler: () => serializeExactly,
    },
    (request) => {
      const body = parseExactBody(request);
      const { caller } = request;
      const { evaluations } = body;
      if (caller !== undefined && Array.isArray(evaluations)) {
        access.limits?.charge(caller, evaluations.length - 1);
      }
      return evaluateAll(
        point,
        body,
        readAsking(request, caller, 'evaluations', request.span),
        maxBatch,
      );
    },
  );
  for (const searched of ['subject', 'resource', 'action'] as const) {
    addSearch(app, searched, point, onRequest);
  }
  addMetadata(app, options);
}

function addSearch(
  app: FastifyInstance,
  searched: Searched,
  point: DecisionPoint,
  onRequest: ReturnType<typeof requireRole>,
): void {
  app.post(
    paths[searched],
    {
      onRequest,
      preValidation: parseBody,
      schema: describeOperation(
        `search-${searched}`,
        `Find ${searched}s for which a request is permitted`,
        {
          body: schemas.searchRequests[searched],
          response: { 200: schemas.searchResponse },
        },
      ),
      serializerCompiler: () => serializeExactly,
    },
    (request) =>
      searchEntities(
        point,
        searched,
        parseExactBody(request),
        readAsking(request, request.caller, 'search', request.span),
      ),
  );
}

function addMetadata(app: FastifyInstance, options: AuthZenOptions): void {
  const { url, signingKey, accessRequestUrl, point } = options;
  const metadata = () => {
    const base = url();
    const of = (path: string) => `${base}${path}`;
    const obligations = point.policy.policy.manifest.obligations ?? [];
    return {
      policy_decision_point: base,
      access_evaluation_endpoint: of(paths.evaluation),
      access_evaluations_endpoint: of(paths.evaluations),
      search_subject_endpoint: of(paths.subject),
      search_resource_endpoint: of(paths.resource),
      search_action_endpoint: of(paths.action),
      ...(obligations.length === 0
        ? {}
        : { supported_obligations: [...new Set(obligations.map(({ type }) => type))] }),
      ...(accessRequestUrl === undefined
        ? {}
        : {
            access_request_endpoint: accessRequestUrl,
            capabilities: ['urn:openid:authzen:capability:access-request'],
          }),
      ...(signingKey() === undefined ? {} : { jwks_uri: of('/.well-known/jwks.json') }),
    };
  };
  const schema = describeOperation('metadata', 'Read the metadata of the decision point', {});
  app.get('/.well-known/authzen-configuration', { schema }, async () => {
    const plain = metadata();
    const signing = signingKey();
    if (signing === undefined) return plain;
    const { key, algorithm, publicKey } = signing;
    const signed = await new SignJWT(plain)
      .setProtectedHeader({
        alg: algorithm,
        ...(publicKey.kid === undefined ? {} : { kid: publicKey.kid }),
      })
      .setIssuer(plain.policy_decision_point)
      .setIssuedAt()
      .sign(key);
    return { ...plain, signed_metadata: signed };
  });
  if (signingKey() !== undefined) {
    const keys = describeOperation('keys', 'Read the key that signs the metadata', {});
    app.get('/.well-known/jwks.json', { schema: keys }, () => ({
      keys: [signingKey()?.publicKey],
    }));
  }
}

function describeOperation(operationId: string, summary: string, parts: object) {
  return { operationId, summary, tags: ['AuthZEN'], ...parts };
}
