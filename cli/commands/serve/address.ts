// Reads the address of a listener.

import { UsageError } from '../../io/exit-codes.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `option`: the option with the address. Throws a `UsageError` for one that is not an address with a port. */
export function parseListenAddress(option: string, value: string): ListenAddress {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(value) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new UsageError(
      `${option} ${value}: expected an address and a port, such as 127.0.0.1:8181`,
    );
  }
  return { host: host.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port) };
}
