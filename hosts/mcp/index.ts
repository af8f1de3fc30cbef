// Guards servers of the MCP TypeScript SDK, 1.x and 2.x.

export type { Permission, TokenMapping } from '@nhipol/service';
export { guard } from './guard.ts';
export { type GuardPolicy, openPolicy, type PolicyOptions } from './open-policy.ts';
export { currentPermission } from './permission.ts';
