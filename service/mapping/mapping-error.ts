// A mapping from which no request can be built. What it would permit is refused.

export class MappingError extends Error {}
