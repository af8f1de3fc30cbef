// The least that a server with the same library does: it answers each request by its id, and has no policy.

import { Server, ServerCredentials } from '@grpc/grpc-js';
import { authorizationService } from '../../../service/dist/grpc/services.js';
import { requests } from './requests.mjs';

const readId = ({ attributes }) => attributes.request.http.headers['x-request-id'];
const codes = new Map(requests.map(([request, code]) => [readId(request), code]));

const server = new Server();
server.addService(authorizationService, {
  Check: ({ request }, reply) => reply(null, { status: { code: codes.get(readId(request)) } }),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(`listening for gRPC, 127.0.0.1:${port}`);
});
