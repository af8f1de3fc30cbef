package dev.nhipol.peers;

import dev.nhipol.Policy;

/** The Java host of nhipol. */
final class NhipolEngine implements Engine {
  private final Policy policy;

  NhipolEngine(Workload workload) {
    policy = Policy.load(workload.module());
  }

  @Override
  public String name() {
    return "nhipol";
  }

  @Override
  public boolean allows(byte[] request) {
    return policy.decideJson(request).decision();
  }
}
