// Requests as Envoy sends them, for clients and servers of the benchmark.

import { toStruct } from '../../../service/dist/grpc/struct.js';

/** The attributes that Envoy sends for a request with a token. */
function check(id, method, path, roles) {
  const headers = {
    ':authority': 'api.example.com',
    ':method': method,
    ':path': path,
    ':scheme': 'https',
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    'user-agent': 'client/1.0',
    'x-forwarded-for': '10.1.2.3',
    'x-forwarded-proto': 'https',
    'x-request-id': id,
  };
  const claims = { iss: 'https://idp.example.com', sub: 'alice', exp: 1_900_000_000, roles };
  const host = 'api.example.com';
  return {
    attributes: {
      source: { address: { socket_address: { address: '10.1.2.3', port_value: 51_234 } } },
      request: { http: { method, path, host, scheme: 'https', protocol: 'HTTP/2', headers } },
      metadata_context: {
        filter_metadata: { 'envoy.filters.http.jwt_authn': toStruct({ payload: claims }) },
      },
    },
  };
}

/** Requests, each with an id, and the code that the policy answers: 0 for a permit, 7 for a refusal. */
export const requests = [
  [
    check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e11', 'GET', '/customers/42?fields=name', ['reader']),
    0,
  ],
  [check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e12', 'POST', '/customers', ['reader', 'writer']), 0],
  [check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e13', 'POST', '/customers', ['reader']), 7],
  [check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e14', 'GET', '/customers/.env', ['reader']), 7],
  [check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e15', 'DELETE', '/customers/42', ['admin']), 0],
  [check('6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e16', 'GET', '/admin', ['reader']), 7],
];
