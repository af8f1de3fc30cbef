// The error of a proof that a request or a session violates. It is in a file of its own, so that the command line can
// recognize it without loading what writes the request.

/** Ends the process with exit code 70; only its message is printed. */
export class ContradictedProof extends Error {}
