package dev.nhipol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nhipol.CanonicalJson.Selection;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a host keeps of each session whose policy asks for the digest of the call: action and
 * resource with all that was said of them and the identity of the caller, since the module keeps no
 * more than the policy declares. So the digest is always that of the whole call, also after a patch
 * of a part of it.
 *
 * @param forms what is known of the call
 * @param digest of it; null: there is none
 */
record KeptCall(CallDigest.Forms forms, String digest) {
  static final KeptCall UNKNOWN = new KeptCall(CallDigest.Forms.NONE, null);

  private static final Selection RESTORED =
      new Selection(Map.of("request", new Selection(Map.of("subject", CallDigest.CALLER))));

  /** How a session's text has a value that is there and of no use. */
  private static final Pattern UNKNOWN_VALUE = Pattern.compile("\\[\"(?:unknown|faulty)\",0\\]");

  /**
   * After a request in part, JSON, of which {@code replaced}, a set of parts, is told as a whole;
   * {@code policy}: the name of the policy that is asked.
   */
  KeptCall after(byte[] part, int replaced, String policy) {
    // The module refuses it unread, and then nothing changes.
    if (part.length > Contract.MAX_REQUEST_BYTES) return this;
    Map<String, String> told;
    try {
      told = CallDigest.parts(Utf8.textOf(part));
    } catch (CharacterCodingException e) {
      return this;
    }
    CallDigest.Forms after =
        new CallDigest.Forms(
            after(forms.subject(), told, "subject", replaced & Contract.PART_SUBJECT),
            after(forms.action(), told, "action", replaced & Contract.PART_ACTION),
            after(forms.resource(), told, "resource", replaced & Contract.PART_RESOURCE));
    boolean isSame =
        (!told.containsKey("subject") || after.hasCallerOf(forms))
            && (!told.containsKey("action") || isSame(after.action(), forms.action()))
            && (!told.containsKey("resource") || isSame(after.resource(), forms.resource()));
    return new KeptCall(after, isSame ? digest : CallDigest.ofForms(after, policy));
  }

  /**
   * Of a session's text, which has no more of the call than the policy declares: the caller. {@code
   * digest}: the one that the module restored.
   */
  static KeptCall in(String text, String digest) {
    String request = CanonicalJson.members(text, RESTORED).get("request");
    boolean isKnown = request != null && !UNKNOWN_VALUE.matcher(request).find();
    String subject = isKnown ? CallDigest.parts(request).get("subject") : null;
    return new KeptCall(new CallDigest.Forms(subject, null, null), digest);
  }

  private static boolean isSame(String after, String before) {
    return after != null && after.equals(before);
  }

  private static String after(String before, Map<String, String> told, String name, int isWhole) {
    if (!told.containsKey(name)) return before;
    return isWhole != 0 ? told.get(name) : merged(before, told.get(name));
  }

  /** RFC 7396. A form carries its value exactly. One longer than any request is not kept. */
  private static String merged(String form, String patch) {
    if (form == null || patch == null) return null;
    try {
      String merged = CallDigest.canonical(merge(Json.tree(form), Json.tree(patch)));
      boolean isKept = merged != null && Utf8.bytesOf(merged).length <= Contract.MAX_REQUEST_BYTES;
      return isKept ? merged : null;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a canonical form that is not valid JSON", e);
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
