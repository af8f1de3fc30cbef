package dev.nhipol.peers;

/** One that decides a workload's requests, from their bytes to what is allowed. */
interface Engine {
  /** As figures call it. */
  String name();

  /** Whether the request, JSON in UTF-8, is allowed. */
  boolean allows(byte[] request) throws Exception;
}
