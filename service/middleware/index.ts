// Middleware that decides requests before their handlers, `@nhipol/service/middleware`. It needs nothing of Node, nor of the
// frameworks that it is for.

export {
  type Authorization,
  AuthorizationEnded,
  getAuthorization,
} from './authorization.ts';
export type { Backend, BackendEvent, DecisionDetails } from './backend.ts';
export { type ExpressRequest, type ExpressResponse, protectExpress } from './express.ts';
export { type FastifyReply, type HookRequest, protectFastify } from './fastify.ts';
export { type FetchHandler, protectFetch } from './fetch.ts';
export { type HonoContext, protectHono } from './hono.ts';
export {
  type AnyRequest,
  getHeader,
  type Route,
  routeEvaluation,
  sessionFromHeader,
} from './http-requests.ts';
export { localBackend } from './local-backend.ts';
export { type Admission, type Protection, type ProtectOptions, protect } from './protect.ts';
export type { Refusal } from './refusal.ts';
export { type RemoteOptions, remoteBackend } from './remote-backend.ts';
