package dev.nhipol.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sapl.api.pdp.AuthorizationDecision;
import io.sapl.api.pdp.AuthorizationSubscription;
import io.sapl.api.pdp.Decision;
import io.sapl.api.pdp.PolicyDecisionPoint;
import io.sapl.interpreter.combinators.PolicyDocumentCombiningAlgorithm;
import io.sapl.pdp.PolicyDecisionPointFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The embedded decision point of SAPL, called once for each request. Its policies are below. It
 * searches the applicable ones in sequence, the default of its factory.
 */
final class SaplEngine implements Engine {
  private static final List<String> P1 =
      List.of(
          """
          policy "tool in scope"
          permit subject.type == "agent" & action.name == "tool.invoke"
          where
            resource.properties.tool in subject.properties.scopes;
            environment.risk < 70;
            subject.properties.environment == resource.properties.environment;
          """,
          """
          policy "credential exposed"
          deny environment.credential_exposed
          """,
          """
          policy "geo not allowed"
          deny !(environment.geo in ["US", "DE", "FR", "GB"])
          """,
          """
          policy "session too old"
          deny action.name =~ "admin[.].*"
          where
            environment.session.age > 900;
          """);

  private static final String RULE =
      """
      policy "rule %d"
      permit action.name == "%s" & resource.type == "%s"
      where
        environment.risk < %d;
        subject.properties.environment == resource.properties.environment;
        "%s" in subject.properties.scopes;
      """;

  private final ObjectMapper mapper = new ObjectMapper();
  private final PolicyDecisionPoint pdp;

  SaplEngine(Workload workload) throws Exception {
    pdp =
        PolicyDecisionPointFactory.fixedInRamPolicyDecisionPoint(
            workload.rules().isEmpty() ? P1 : rules(workload.rules()),
            PolicyDocumentCombiningAlgorithm.DENY_OVERRIDES,
            Map.of());
  }

  private static List<String> rules(JsonNode rules) {
    List<String> documents = new ArrayList<>();
    for (JsonNode rule : rules) {
      documents.add(
          RULE.formatted(
              rule.path("index").intValue(),
              rule.path("action").textValue(),
              rule.path("type").textValue(),
              rule.path("risk").intValue(),
              rule.path("scope").textValue()));
    }
    return documents;
  }

  @Override
  public String name() {
    return "sapl";
  }

  @Override
  public boolean allows(byte[] request) throws Exception {
    JsonNode root = mapper.readTree(request);
    AuthorizationDecision decision =
        pdp.decideOnce(
                new AuthorizationSubscription(
                    root.get("subject"),
                    root.get("action"),
                    root.get("resource"),
                    root.get("context")))
            .block();
    if (decision == null || decision.getDecision() == Decision.INDETERMINATE) {
      throw new IllegalStateException("SAPL says " + decision);
    }
    return decision.getDecision() == Decision.PERMIT;
  }
}
