package dev.nhipol.peers;

/** Decides the requests of a workload, from their bytes to a boolean. */
interface Engine {
  /** The name in figures. */
  String name();

  /** Returns true if the request, JSON in UTF-8, is permitted. */
  boolean allows(byte[] request) throws Exception;
}
