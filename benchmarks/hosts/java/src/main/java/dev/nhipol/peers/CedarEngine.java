package dev.nhipol.peers;

import com.cedarpolicy.AuthorizationEngine;
import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.PrimLong;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Cedar, the Rust engine with its Java bindings: policies are parsed once and stored on the
 * native side, entities are created for each request.
 */
final class CedarEngine implements Engine {
  private static final EntityTypeName ACTION = typeOf("Action");

  private final AuthorizationEngine engine = new BasicAuthorizationEngine();
  private final ObjectMapper mapper = new ObjectMapper();
  private final PolicySet policies;

  CedarEngine(Workload workload) throws Exception {
    policies = PolicySet.parsePolicies(workload.cedar());
    policies.cache();
  }

  @Override
  public String name() {
    return "cedar-java";
  }

  @Override
  public boolean allows(byte[] request) throws Exception {
    JsonNode root = mapper.readTree(request);
    Entity principal = entityOf(root.path("subject"));
    Entity resource = entityOf(root.path("resource"));
    String action = root.path("action").path("name").textValue();
    Map<String, Value> context = membersOf(root.path("context"));
    context.put("action_name", new PrimString(action));
    AuthorizationRequest asked =
        new AuthorizationRequest(
            principal.getEUID(), new EntityUID(ACTION, action), resource.getEUID(), context);
    AuthorizationResponse response =
        engine.isAuthorized(asked, policies, Set.of(principal, resource));
    AuthorizationSuccessResponse answer = response.success.orElseThrow();
    if (!answer.getErrors().isEmpty()) throw new IllegalStateException(response.toString());
    return answer.isAllowed();
  }

  private static Entity entityOf(JsonNode node) {
    EntityUID id =
        new EntityUID(typeOf(node.path("type").textValue()), node.path("id").textValue());
    return new Entity(id, membersOf(node.path("properties")), Set.of());
  }

  private static EntityTypeName typeOf(String name) {
    return EntityTypeName.parse(name).orElseThrow();
  }

  private static Map<String, Value> membersOf(JsonNode node) {
    Map<String, Value> members = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      members.put(member.getKey(), valueOf(member.getValue()));
    }
    return members;
  }

  private static Value valueOf(JsonNode node) {
    if (node.isTextual()) return new PrimString(node.textValue());
    if (node.isBoolean()) return new PrimBool(node.booleanValue());
    if (node.isIntegralNumber()) return new PrimLong(node.longValue());
    if (node.isArray()) {
      CedarList elements = new CedarList();
      node.forEach(element -> elements.add(valueOf(element)));
      return elements;
    }
    return new CedarMap(membersOf(node));
  }
}
