package dev.nhipol;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * What tells one call from another: the digest of its action and its resource with all that the
 * caller said of them, declared or not. An approval is bound to it. Null: the call has none.
 */
final class CallDigest {
  static final Set<String> PARTS = Set.of("action", "resource");

  private CallDigest() {}

  /** Of a request in JSON. What is longer than any request is refused unread. */
  static String of(byte[] request, int length) {
    if (length > Abi.MOST_REQUEST_BYTES) return null;
    try {
      byte[] whole = length == request.length ? request : java.util.Arrays.copyOf(request, length);
      Map<String, String> forms = CanonicalJson.members(Utf8.textOf(whole), PARTS);
      return ofForms(forms.get("action"), forms.get("resource"));
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Of the two in their canonical forms; null where one has none. */
  static String ofForms(String action, String resource) {
    if (action == null || resource == null) return null;
    String form = "{\"action\":" + action + ",\"resource\":" + resource + "}";
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(form.getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
