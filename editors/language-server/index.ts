// The exports of the language server: serve an editor over a connection.

export type { ConfigSupport } from './features/config-file.ts';
export { nameSources } from './runs/named-sources.ts';
export { serve } from './server.ts';
