// Where a guard over HTTP listens, and where its server is.

import { UsageError } from '../../io/exit-codes.ts';

export interface UpstreamAddress {
  readonly upstream: URL;
  readonly host: string;
  readonly port: number;
  /** `undefined` if clients need none. */
  readonly token: string | undefined;
}

export interface AddressOptions {
  readonly upstream?: string;
  readonly listen: string;
  readonly tokenEnv?: string;
}

export function parseUpstreamAddress(
  { upstream = '', listen, tokenEnv }: AddressOptions,
  env: Readonly<Record<string, string | undefined>>,
): UpstreamAddress {
  if (!/^https?:/.test(upstream) || !URL.canParse(upstream)) {
    throw new UsageError(`--upstream ${upstream}: expected an http or https URL`);
  }
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(listen) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new UsageError(
      `--listen ${listen}: expected an address and a port, such as 127.0.0.1:8931`,
    );
  }
  const token = tokenEnv === undefined ? undefined : env[tokenEnv];
  if (tokenEnv !== undefined && (token ?? '') === '') {
    throw new UsageError(`--token-env ${tokenEnv}: the variable is not set`);
  }
  const name = host.replace(/^\[|\]$/g, '') || '127.0.0.1';
  return { upstream: new URL(upstream), host: name, port: Number(port), token };
}
