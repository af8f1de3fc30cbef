// The settings of the client, `nhipol.*`: read after the start and after each change. A setting that is missing or has
// another type has its default.

import {
  type ClientCapabilities,
  type Connection,
  DidChangeConfigurationNotification,
} from 'vscode-languageserver';

export class Settings {
  #section: unknown;

  /** `nhipol.inlayHints.validUntil`: whether tests show when their answers end. */
  get showsValidUntil(): boolean {
    return this.#flag(true, 'inlayHints', 'validUntil');
  }

  /** `nhipol.advice`: whether advice is shown as information. */
  get showsAdvice(): boolean {
    return this.#flag(true, 'advice');
  }

  #flag(otherwise: boolean, ...path: readonly string[]): boolean {
    const value = path.reduce<unknown>(readMember, this.#section);
    return typeof value === 'boolean' ? value : otherwise;
  }

  /** Returns a function to call when the client is initialized. `changed` is called when they may have changed. */
  follow(
    connection: Connection,
    client: () => ClientCapabilities,
    changed: () => void,
  ): () => void {
    const read = async () => {
      if (client().workspace?.configuration !== true) return;
      this.#section = await connection.workspace.getConfiguration('nhipol').catch(() => undefined);
      changed();
    };
    connection.onDidChangeConfiguration(({ settings }) => {
      const section = readMember(settings, 'nhipol');
      if (section !== undefined) this.#section = section;
      changed();
      void read();
    });
    return () => {
      void read();
      if (client().workspace?.didChangeConfiguration?.dynamicRegistration !== true) return;
      const { type } = DidChangeConfigurationNotification;
      connection.client.register(type, { section: 'nhipol' }).catch(() => undefined);
    };
  }
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
