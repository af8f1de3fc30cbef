// Compiled with `tsc --noEmit`: the declarations of the packages are complete.
import { type Answer, load, type Policy } from '@nhipol/runtime';
import { compile } from 'nhipol/compiler';

export const decideJson = (policy: Policy, request: string): Answer => policy.decideJson(request);
export const functions: readonly unknown[] = [load, compile];
