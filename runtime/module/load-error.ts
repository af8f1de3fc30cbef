// Why bytes cannot be loaded as a policy, as one sentence.

export class LoadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoadError';
  }
}
