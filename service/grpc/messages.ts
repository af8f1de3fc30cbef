// The messages and services of gRPC that the service speaks, reduced to the fields that it reads or writes, as descriptors
// of protobuf: ext_authz of Envoy (envoy.service.auth.v3), ExtMcp of agentgateway and gRPC health checking. Others are
// ignored when a message is read.

interface Field {
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated';
  readonly keyType?: 'string';
}

type FieldRow = readonly [id: number, type: string];

const createField = ([id, type]: FieldRow): Field => ({ id, type });
const listField = (id: number, type: string): Field => ({ id, type, rule: 'repeated' });
const mapField = (id: number, type: string): Field => ({ id, type, keyType: 'string' });

function createMessage(
  rows: Readonly<Record<string, FieldRow | Field>>,
  oneofs: Readonly<Record<string, readonly string[]>> = {},
) {
  const fields = Object.entries(rows).map(
    ([name, row]) => [name, 'type' in row ? row : createField(row)] as const,
  );
  const choices = Object.entries(oneofs).map(([name, oneof]) => [name, { oneof }] as const);
  return { fields: Object.fromEntries(fields), oneofs: Object.fromEntries(choices) };
}

function createMethod(requestType: string, responseType: string, responseStream = false) {
  return { requestType, responseType, responseStream };
}

/** Nests members in namespaces: `at('a.b', members)`. */
function createNested(path: string, members: object): object {
  const [name, ...rest] = path.split('.');
  if (name === undefined || name === '') return members;
  return { [name]: { nested: createNested(rest.join('.'), members) } };
}

const struct = 'google.protobuf.Struct';

const google = {
  ...createNested('protobuf', {
    Struct: createMessage({ fields: mapField(1, 'Value') }),
    Value: createMessage(
      {
        nullValue: [1, 'NullValue'],
        numberValue: [2, 'double'],
        stringValue: [3, 'string'],
        boolValue: [4, 'bool'],
        structValue: [5, 'Struct'],
        listValue: [6, 'ListValue'],
      },
      {
        kind: ['nullValue', 'numberValue', 'stringValue', 'boolValue', 'structValue', 'listValue'],
      },
    ),
    NullValue: { values: { NULL_VALUE: 0 } },
    ListValue: createMessage({ values: listField(1, 'Value') }),
    Timestamp: createMessage({ seconds: [1, 'int64'], nanos: [2, 'int32'] }),
  }),
  ...createNested('rpc', { Status: createMessage({ code: [1, 'int32'], message: [2, 'string'] }) }),
};

const core = {
  Address: createMessage({ socket_address: [1, 'SocketAddress'], pipe: [2, 'Pipe'] }),
  SocketAddress: createMessage({ address: [2, 'string'], port_value: [3, 'uint32'] }),
  Pipe: createMessage({ path: [1, 'string'] }),
  Metadata: createMessage({ filter_metadata: mapField(1, struct) }),
  HeaderMap: createMessage({ headers: listField(1, 'HeaderValue') }),
  HeaderValue: createMessage({ key: [1, 'string'], value: [2, 'string'], raw_value: [3, 'bytes'] }),
  HeaderValueOption: createMessage({ header: [1, 'HeaderValue'], append_action: [3, 'int32'] }),
};

/** Types of other packages, by their absolute names. */
const nameCoreType = (name: string) => `.envoy.config.core.v3.${name}`;

const auth = {
  Authorization: { methods: { Check: createMethod('CheckRequest', 'CheckResponse') } },
  CheckRequest: createMessage({ attributes: [1, 'AttributeContext'] }),
  AttributeContext: createMessage({
    source: [1, 'Peer'],
    destination: [2, 'Peer'],
    request: [4, 'Request'],
    context_extensions: mapField(10, 'string'),
    metadata_context: [11, nameCoreType('Metadata')],
    route_metadata_context: [13, nameCoreType('Metadata')],
    tls_session: [12, 'TlsSession'],
  }),
  Peer: createMessage({
    address: [1, nameCoreType('Address')],
    service: [2, 'string'],
    labels: mapField(3, 'string'),
    principal: [4, 'string'],
    certificate: [5, 'string'],
  }),
  Request: createMessage({ time: [1, '.google.protobuf.Timestamp'], http: [2, 'HttpRequest'] }),
  HttpRequest: createMessage({
    id: [1, 'string'],
    method: [2, 'string'],
    headers: mapField(3, 'string'),
    header_map: [13, nameCoreType('HeaderMap')],
    path: [4, 'string'],
    host: [5, 'string'],
    scheme: [6, 'string'],
    size: [9, 'int64'],
    protocol: [10, 'string'],
    body: [11, 'string'],
    raw_body: [12, 'bytes'],
  }),
  TlsSession: createMessage({ sni: [1, 'string'] }),
  CheckResponse: createMessage(
    {
      status: [1, '.google.rpc.Status'],
      denied_response: [2, 'DeniedHttpResponse'],
      ok_response: [3, 'OkHttpResponse'],
      dynamic_metadata: [4, `.${struct}`],
    },
    { http_response: ['denied_response', 'ok_response'] },
  ),
  DeniedHttpResponse: createMessage({
    status: [1, '.envoy.type.v3.HttpStatus'],
    headers: listField(2, nameCoreType('HeaderValueOption')),
    body: [3, 'string'],
  }),
  OkHttpResponse: createMessage({
    headers: listField(2, nameCoreType('HeaderValueOption')),
    headers_to_remove: listField(5, 'string'),
  }),
};

const envoy = {
  ...createNested('config.core.v3', core),
  ...createNested('service.auth.v3', auth),
  ...createNested('type.v3', { HttpStatus: createMessage({ code: [1, 'int32'] }) }),
};

const extMcp = {
  ExtMcp: {
    methods: {
      CheckRequest: createMethod('McpRequest', 'McpRequestResult'),
      CheckResponse: createMethod('McpResponse', 'McpResponseResult'),
    },
  },
  McpRequest: createMessage({
    service_names: listField(1, 'string'),
    method: [2, 'string'],
    metadata_context: [3, `.${struct}`],
    mcp_request: [4, 'bytes'],
    headers: listField(5, 'McpHeader'),
  }),
  McpResponse: createMessage({
    service_names: listField(1, 'string'),
    method: [2, 'string'],
    metadata_context: [3, `.${struct}`],
    mcp_response: [4, 'bytes'],
  }),
  McpRequestResult: createMessage(
    {
      pass: [1, 'Pass'],
      mutated: [2, 'bytes'],
      error: [3, 'AuthorizationError'],
      header_mutation: [4, 'HeaderMutation'],
      metadata: [5, `.${struct}`],
    },
    { result: ['pass', 'mutated', 'error'] },
  ),
  McpResponseResult: createMessage(
    { pass: [1, 'Pass'], mutated: [2, 'bytes'], error: [3, 'AuthorizationError'] },
    { result: ['pass', 'mutated', 'error'] },
  ),
  HeaderMutation: createMessage({ set: listField(1, 'McpHeader'), remove: listField(2, 'string') }),
  McpHeader: createMessage({ key: [1, 'string'], value: [2, 'bytes'] }),
  Pass: createMessage({}),
  AuthorizationError: createMessage({
    code: [1, 'int32'],
    reason: [2, 'string'],
    mcp_error: [3, 'bytes'],
  }),
};

const health = {
  Health: {
    methods: {
      Check: createMethod('HealthCheckRequest', 'HealthCheckResponse'),
      Watch: createMethod('HealthCheckRequest', 'HealthCheckResponse', true),
    },
  },
  HealthCheckRequest: createMessage({ service: [1, 'string'] }),
  HealthCheckResponse: createMessage({ status: [1, 'int32'] }),
};

/** All packages, in the JSON form of protobufjs. */
export const root = {
  nested: {
    google: { nested: google },
    envoy: { nested: envoy },
    ...createNested('agentgateway.dev.ext_mcp', extMcp),
    ...createNested('grpc.health.v1', health),
  },
};
