package dev.nhipol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nhipol.CanonicalJson.Selection;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * The digest of a call: which policy is asked, who acts and for whom, the action and the resource
 * with everything the caller sent about them, declared or not. An approval is bound to it. Null:
 * the call has none.
 */
final class CallDigest {
  /** The property of a subject that tells which principal it acts for. */
  static final String PRINCIPAL = "on_behalf_of";

  /** The members of a subject that identify the caller. */
  static final Selection CALLER =
      Selection.of("type", "id").and("properties", Selection.of(PRINCIPAL));

  private static final Selection PARTS = Selection.of("action", "resource").and("subject", CALLER);

  /**
   * The parts of a request that its digest covers, in their canonical forms; null: the part is
   * missing, or has none.
   *
   * @param subject restricted to the members that identify the caller
   */
  record Forms(String subject, String action, String resource) {
    static final Forms NONE = new Forms(null, null, null);

    boolean hasCallerOf(Forms other) {
      String caller = callerOf(subject);
      return caller != null && Objects.equals(caller, callerOf(other.subject));
    }
  }

  private CallDigest() {}

  /**
   * Of a request in JSON, under the policy of that name. What is longer than any request is refused
   * unread.
   */
  static String of(byte[] request, int length, String policy) {
    if (length > Contract.MAX_REQUEST_BYTES) return null;
    try {
      byte[] whole = length == request.length ? request : java.util.Arrays.copyOf(request, length);
      Map<String, String> forms = parts(Utf8.textOf(whole));
      return ofForms(
          new Forms(forms.get("subject"), forms.get("action"), forms.get("resource")), policy);
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Subject, action and resource of a request or a part of one, as far as they are there. */
  static Map<String, String> parts(String text) {
    return CanonicalJson.members(text, PARTS);
  }

  static String ofForms(Forms forms, String policy) {
    String caller = callerOf(forms.subject);
    if (caller == null || forms.action == null || forms.resource == null) return null;
    String form =
        "{\"action\":"
            + forms.action
            + ",\"policy\":"
            + JsonWriter.text(policy)
            + ",\"resource\":"
            + forms.resource
            + ",\"subject\":"
            + caller
            + "}";
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(form.getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Type and id of a subject, and the principal it acts for, if there is one; null: the caller is
   * not identified.
   */
  private static String callerOf(String form) {
    if (form == null) return null;
    JsonNode subject;
    try {
      subject = Json.tree(form);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a canonical form that is not valid JSON", e);
    }
    JsonNode id = subject.path("id");
    JsonNode type = subject.path("type");
    if (!id.isTextual() || !type.isTextual()) return null;
    ObjectNode caller = JsonNodeFactory.instance.objectNode();
    caller.set("id", id);
    caller.set("type", type);
    JsonNode principal = subject.path("properties").path(PRINCIPAL);
    if (isThere(principal)) caller.set(PRINCIPAL, identityOf(principal));
    return canonical(caller);
  }

  /**
   * A principal with an id is identified by its type and id, so that other members, such as its
   * scopes, may change. Anything else is taken as sent.
   */
  private static JsonNode identityOf(JsonNode principal) {
    if (!principal.isObject() || !isThere(principal.path("id"))) return principal;
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    identity.set("id", principal.path("id"));
    if (principal.has("type")) identity.set("type", principal.path("type"));
    return identity;
  }

  private static boolean isThere(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Of a value that JSON carries exactly. */
  static String canonical(JsonNode value) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode().set("value", value);
    return CanonicalJson.members(whole.toString(), Selection.of("value")).get("value");
  }
}
