// Vectors as the standards print them, with their sections.

/** RFC 7515, appendix A.1.1: the payload that A.2 and A.3 sign. */
const payload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';

export interface SignatureVector {
  readonly section: string;
  readonly algorithm: string;
  readonly key: Readonly<Record<string, string>>;
  /** Header and payload. */
  readonly input: string;
  readonly signature: string;
}

export const signatures: readonly SignatureVector[] = [
  {
    section: 'RFC 7515, appendix A.2',
    algorithm: 'RS256',
    key: {
      kty: 'RSA',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
      e: 'AQAB',
    },
    input: `eyJhbGciOiJSUzI1NiJ9.${payload}`,
    signature:
      'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  },
  {
    section: 'RFC 7515, appendix A.3',
    algorithm: 'ES256',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    input: `eyJhbGciOiJFUzI1NiJ9.${payload}`,
    signature:
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  },
  {
    section: 'RFC 8037, appendix A.4',
    algorithm: 'EdDSA',
    key: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    signature:
      'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
];

/** RFC 8417, section 2.4: the token of the figure in section 2.1.1, without a signature. */
export const unsecured =
  'eyJ0eXAiOiJzZWNldmVudCtqd3QiLCJhbGciOiJub25lIn0.eyJqdGkiOiI0ZDM1NTllYzY3NTA0YWFiYTY1ZDQwYjAzNjNmYWFkOCIsImlhdCI6MTQ1ODQ5NjQwNCwiaXNzIjoiaHR0cHM6Ly9zY2ltLmV4YW1wbGUuY29tIiwiYXVkIjpbImh0dHBzOi8vc2NpbS5leGFtcGxlLmNvbS9GZWVkcy85OGQ1MjQ2MWZhNWJiYzg3OTU5M2I3NzU0IiwiaHR0cHM6Ly9zY2ltLmV4YW1wbGUuY29tL0ZlZWRzLzVkNzYwNDUxNmIxZDA4NjQxZDc2NzZlZTciXSwiZXZlbnRzIjp7InVybjppZXRmOnBhcmFtczpzY2ltOmV2ZW50OmNyZWF0ZSI6eyJyZWYiOiJodHRwczovL3NjaW0uZXhhbXBsZS5jb20vVXNlcnMvNDRmNjE0MmRmOTZiZDZhYjYxZTc1MjFkOSIsImF0dHJpYnV0ZXMiOlsiaWQiLCJuYW1lIiwidXNlck5hbWUiLCJwYXNzd29yZCIsImVtYWlscyJdfX19.';

/** RFC 8935, section 2.1: the body of the request. */
export const pushed =
  'eyJ0eXAiOiJzZWNldmVudCtqd3QiLCJhbGciOiJIUzI1NiJ9Cg.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8iLCJqdGkiOiI3NTZFNjk3MTc1NjUyMDY5NjQ2NTZFNzQ2OTY2Njk2NTcyIiwiaWF0IjoxNTA4MTg0ODQ1LCJhdWQiOiI2MzZDNjk2NTZFNzQ1RjY5NjQiLCJldmVudHMiOnsiaHR0cHM6Ly9zY2hlbWFzLm9wZW5pZC5uZXQvc2VjZXZlbnQvcmlzYy9ldmVudC10eXBlL2FjY291bnQtZGlzYWJsZWQiOnsic3ViamVjdCI6eyJzdWJqZWN0X3R5cGUiOiJpc3Mtc3ViIiwiaXNzIjoiaHR0cHM6Ly9pZHAuZXhhbXBsZS5jb20vIiwic3ViIjoiNzM3NTYyNkE2NTYzNzQifSwicmVhc29uIjoiaGlqYWNraW5nIn19fQ.Y4rXxMD406P2edv00cr9Wf3_XwNtLjB9n-jTqN1_lLc';

export interface ClaimsVector {
  readonly section: string;
  readonly claims: {
    readonly iss: string;
    readonly jti: string;
    readonly aud?: string | readonly string[];
    readonly iat: number;
    readonly txn?: unknown;
    readonly sub_id?: object;
    readonly events: object;
  };
}

const caep = 'https://schemas.openid.net/secevent/caep/event-type';
const risc = 'https://schemas.openid.net/secevent/risc/event-type';

/** Claims of tokens whose subject has no identifier of RFC 9493: older than it, or named by a URI of the event's own. */
export const withoutSubject: readonly ClaimsVector[] = [
  {
    section: 'RFC 8417, section 2.1.1',
    claims: {
      iss: 'https://scim.example.com',
      iat: 1458496404,
      jti: '4d3559ec67504aaba65d40b0363faad8',
      aud: [
        'https://scim.example.com/Feeds/98d52461fa5bbc879593b7754',
        'https://scim.example.com/Feeds/5d7604516b1d08641d7676ee7',
      ],
      events: {
        'urn:ietf:params:scim:event:create': {
          ref: 'https://scim.example.com/Users/44f6142df96bd6ab61e7521d9',
          attributes: ['id', 'name', 'userName', 'password', 'emails'],
        },
      },
    },
  },
  {
    section: 'RFC 8935, section 2.1',
    claims: {
      iss: 'https://idp.example.com/',
      jti: '756E69717565206964656E746966696572',
      iat: 1508184845,
      aud: '636C69656E745F6964',
      events: {
        [`${risc}/account-disabled`]: {
          subject: {
            subject_type: 'iss-sub',
            iss: 'https://idp.example.com/',
            sub: '7375626A656374',
          },
          reason: 'hijacking',
        },
      },
    },
  },
];

/** Claims of tokens whose subject is one of RFC 9493. */
export const withSubject: readonly ClaimsVector[] = [
  {
    section: 'CAEP 1.0, section 3.1.2: session-revoked, simple subject',
    claims: {
      iss: 'https://idp.example.com/123456789/',
      jti: '24c63fb56e5a2d77a6b512616ca9fa24',
      iat: 1615305159,
      aud: 'https://sp.example.com/caep',
      txn: '8675309',
      sub_id: { format: 'opaque', id: 'dMTlD|1600802906337.16|16008.16' },
      events: { [`${caep}/session-revoked`]: { event_timestamp: 1615304991 } },
    },
  },
  {
    section: 'CAEP 1.0, section 3.1.2: session-revoked, complex subject',
    claims: {
      iss: 'https://idp.example.com/123456789/',
      jti: '24c63fb56e5a2d77a6b512616ca9fa24',
      iat: 1615305159,
      aud: 'https://sp.example.com/caep',
      txn: '8675309',
      sub_id: {
        format: 'complex',
        session: { format: 'opaque', id: 'dMTlD|1600802906337.16|16008.16' },
        user: {
          format: 'iss_sub',
          iss: 'https://idp.example.com/123456789/',
          sub: '99beb27c-c1c2-4955-882a-e0dc4996fcbc',
        },
        tenant: { format: 'opaque', id: '123456789' },
      },
      events: {
        [`${caep}/session-revoked`]: {
          initiating_entity: 'policy',
          reason_admin: { en: 'Landspeed Policy Violation: C076E82F' },
          reason_user: {
            en: 'Access attempt from multiple regions.',
            'es-410': 'Intento de acceso desde varias regiones.',
          },
          event_timestamp: 1615304991,
        },
      },
    },
  },
  {
    section: 'CAEP 1.0, section 3.2.2: token-claims-change of a JWT',
    claims: {
      iss: 'https://idp.example.com/987654321/',
      jti: '9afce1e4e642b165fcaacdd0e7aa4903',
      iat: 1615305159,
      aud: 'https://sp.example2.net/caep',
      txn: '8675309',
      sub_id: {
        format: 'jwt_id',
        iss: 'https://idp.example.com/987654321/',
        jti: 'f61t6e20zdo3px56gepu8rzlsp4c1dpc0fx7',
      },
      events: {
        [`${caep}/token-claims-change`]: {
          event_timestamp: 1615304991,
          claims: { role: 'ro-admin' },
        },
      },
    },
  },
  {
    section: 'CAEP 1.0, section 3.2.2: token-claims-change of a SAML assertion',
    claims: {
      iss: 'https://idp.example.com/987654321/',
      jti: 'dae94fed5f459881efa38b65c6772ddc',
      iat: 1615305159,
      aud: 'https://sp.example2.net/caep',
      txn: '8675309',
      sub_id: {
        format: 'saml_assertion_id',
        issuer: 'https://idp.example.com/987654321/',
        assertion_id: '_a75adf55-01d7-dbd8372ebdfc',
      },
      events: {
        [`${caep}/token-claims-change`]: {
          event_timestamp: 1615304991,
          claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/role': 'ro-admin' },
        },
      },
    },
  },
  {
    section: 'CAEP 1.0, section 3.4.2: assurance-level-change',
    claims: {
      iss: 'https://idp.example.com/3456789/',
      jti: '07efd930f0977e4fcc1149a733ce7f78',
      iat: 1615305159,
      aud: 'https://sp.example2.net/caep',
      txn: '8675309',
      sub_id: {
        format: 'iss_sub',
        iss: 'https://idp.example.com/3456789/',
        sub: 'jane.smith@example.com',
      },
      events: {
        [`${caep}/assurance-level-change`]: {
          namespace: 'NIST-AAL',
          current_level: 'nist-aal2',
          previous_level: 'nist-aal1',
          change_direction: 'increase',
          initiating_entity: 'user',
          event_timestamp: 1615304991,
        },
      },
    },
  },
  {
    section: 'RISC, section 2.3: account-disabled, with the subject in the event',
    claims: {
      iss: 'https://idp.example.com/',
      jti: '756E69717565206964656E746966696572',
      iat: 1508184845,
      aud: '636C69656E745F6964',
      events: {
        [`${risc}/account-disabled`]: {
          subject: { format: 'iss_sub', iss: 'https://idp.example.com/', sub: '7375626A656374' },
          reason: 'hijacking',
        },
      },
    },
  },
  {
    section: 'RISC, section 2.5: identifier-changed, with the subject in the event',
    claims: {
      iss: 'https://idp.example.com/',
      jti: '756E69717565206964656E746966696572',
      iat: 1508184845,
      aud: '636C69656E745F6964',
      events: {
        [`${risc}/identifier-changed`]: {
          subject: { format: 'email', email: 'john.doe@example.com' },
          'new-value': 'john.roe@example.com',
        },
      },
    },
  },
];

/** CAEP 1.0, draft 03, section 3.1.2: the number is not a `txn` of RFC 8417, and the time is in milliseconds. */
export const draftClaims: ClaimsVector['claims'] = {
  iss: 'https://idp.example.com/123456789/',
  jti: '24c63fb56e5a2d77a6b512616ca9fa24',
  iat: 1615305159,
  aud: 'https://sp.example.com/caep',
  txn: 8675309,
  sub_id: { format: 'opaque', id: 'dMTlD|1600802906337.16|16008.16' },
  events: { [`${caep}/session-revoked`]: { event_timestamp: 1615304991643 } },
};

export interface IdentifierVector {
  readonly section: string;
  readonly identifier: Readonly<Record<string, unknown>>;
}

export const identifiers: readonly IdentifierVector[] = [
  ['3.2.1', { format: 'account', uri: 'acct:example.user@service.example.com' }],
  ['3.2.2', { format: 'email', email: 'user@example.com' }],
  ['3.2.3', { format: 'iss_sub', iss: 'https://issuer.example.com/', sub: '145234573' }],
  ['3.2.4', { format: 'opaque', id: '11112222333344445555' }],
  ['3.2.5', { format: 'phone_number', phone_number: '+12065550100' }],
  ['3.2.6', { format: 'did', url: 'did:example:123456' }],
  ['3.2.6', { format: 'did', url: 'did:example:123456/did/url/path?versionId=1' }],
  ['3.2.7', { format: 'uri', uri: 'https://user.example.com/' }],
  ['3.2.7', { format: 'uri', uri: 'urn:uuid:4e851e98-83c4-4743-a5da-150ecb53042f' }],
  [
    '3.2.8',
    {
      format: 'aliases',
      identifiers: [
        { format: 'email', email: 'user@example.com' },
        { format: 'phone_number', phone_number: '+12065550100' },
        { format: 'email', email: 'user+qualifier@example.com' },
      ],
    },
  ],
].map(([section, identifier]) => ({
  section: `RFC 9493, section ${section}`,
  identifier: identifier as Readonly<Record<string, unknown>>,
}));
