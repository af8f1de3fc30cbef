// JSON objects as values of the language, as the contract declares them.

export { isMembers, type Members } from '@nhipol/runtime/abi';
