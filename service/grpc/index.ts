// The service over gRPC, for Envoy and agentgateway: `@nhipol/service/grpc`. A service without it does not load its library.

export { defaultMapping, type GrpcMapping, parseGrpcMapping } from './mapping.ts';
export { type GrpcOptions, type GrpcService, listenGrpc } from './server.ts';
