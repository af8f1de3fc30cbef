package dev.nhipol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a host keeps of each session whose policy asks for the digest of the call: action and
 * resource with all that was said of them, since the module keeps no more than the policy declares.
 * So the digest is always that of the whole call, also after a patch of a part of it.
 *
 * @param action in its canonical form; null: it has none, or was not told
 * @param resource the same
 * @param digest of the two; null: there is none
 */
record KeptCall(String action, String resource, String digest) {
  static final KeptCall UNKNOWN = new KeptCall(null, null, null);

  /**
   * After a request in part, JSON, of which {@code replaced}, a set of parts, is told as a whole.
   */
  KeptCall after(byte[] part, int replaced) {
    Map<String, String> told;
    try {
      told = CanonicalJson.members(Utf8.textOf(part), CallDigest.PARTS);
    } catch (CharacterCodingException e) {
      return this;
    }
    String newAction = after(action, told, "action", replaced & Abi.Part.ACTION);
    String newResource = after(resource, told, "resource", replaced & Abi.Part.RESOURCE);
    boolean isSame = Objects.equals(newAction, action) && Objects.equals(newResource, resource);
    return isSame
        ? this
        : new KeptCall(newAction, newResource, CallDigest.ofForms(newAction, newResource));
  }

  private static String after(String before, Map<String, String> told, String name, int isWhole) {
    if (!told.containsKey(name)) return before;
    return isWhole != 0 ? told.get(name) : merged(before, told.get(name));
  }

  /** RFC 7396. A form carries its value exactly. */
  private static String merged(String form, String patch) {
    if (form == null || patch == null) return null;
    try {
      JsonNode merged = merge(Json.tree(form), Json.tree(patch));
      ObjectNode whole = JsonNodeFactory.instance.objectNode().set("value", merged);
      return CanonicalJson.members(whole.toString(), Set.of("value")).get("value");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a canonical form that is no JSON", e);
    }
  }

  private static JsonNode merge(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) return patch;
    ObjectNode merged =
        target.isObject() ? target.deepCopy() : JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : patch.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else {
        JsonNode before = merged.path(member.getKey());
        merged.set(member.getKey(), merge(before, member.getValue()));
      }
    }
    return merged;
  }
}
