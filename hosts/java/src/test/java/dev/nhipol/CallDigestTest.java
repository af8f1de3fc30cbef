package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallDigestTest {
  private static final String KNOWN =
      "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496";

  private static final String AGENT = ",'subject':{'type':'agent','id':'a1'}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'action':{'name':'pay','properties':{'amount':5}},"
            + "'resource':{'type':'account','id':'b1'}"
            + AGENT
            + "}",
        " { 'resource' : {'id':'b\\u0031','type':'account'}, 'context': 1e400,"
            + " 'subject':{'id':'a\\u0031','n':1e400,'properties':{'on_behalf_of':null,'x':1,'x':1},"
            + "'type':'agent'}, 'action':{'properties':{'amount':5.0},'name':'pay'}}"
      })
  void isTheSameHoweverTheCallIsWritten(String quoted) {
    assertEquals(KNOWN, digestOf(quoted, "acme.payments"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'action':{}" + AGENT + "}",
        "{'action':{},'resource':{}}",
        "{'action':1,'resource':1" + AGENT + AGENT + "}",
        "{'action':1,'resource':1,'subject':'a1'}",
        "{'action':1,'resource':1,'subject':{'type':'agent','id':1}}",
        "{'action':1,'resource':1,'subject':{'type':'agent','id':'a1','id':'a1'}}",
        "{'action':1,'resource':1,'subject':{'type':'agent','id':'a1',"
            + "'properties':{'on_behalf_of':{'id':'x','n':1e400}}}}",
        "{'action':1,'resource':1,'action':1" + AGENT + "}",
        "{'action':{'a':1,'a':1},'resource':1" + AGENT + "}",
        "{'action':'\\ud800','resource':1" + AGENT + "}",
        "{'action':1e400,'resource':1" + AGENT + "}",
        "{'action':1,'resource':1" + AGENT + "} x",
        "[1]"
      })
  void isNoneWhereACallHasNoForm(String quoted) {
    assertNull(digestOf(quoted, "p"));
  }

  @Test
  void isNoneBeyond64Levels() {
    String within = "[".repeat(63) + "1" + "]".repeat(63);
    assertEquals(72, digestOf("{'action':" + within + ",'resource':1" + AGENT + "}", "p").length());
    assertNull(digestOf("{'action':[" + within + "],'resource':1" + AGENT + "}", "p"));
  }

  @Test
  void isThatOfOneCallerAndOnePolicy() {
    Set<String> seen = new HashSet<>();
    for (String principal :
        List.of("null", "{'id':'x'}", "{'id':'x','type':'user'}", "{'id':'y'}", "'x'", "[]")) {
      for (String policy : List.of("p", "q")) {
        assertTrue(seen.add(digestFor(principal, policy)), principal + " under " + policy);
      }
    }
    assertEquals(12, seen.size());
    assertFalse(seen.contains(null));
    String refreshed = digestFor("{'type':'user','scopes':[],'id':'x'}", "p");
    assertEquals(digestFor("{'id':'x','type':'user'}", "p"), refreshed);
  }

  private static String digestFor(String principal, String policy) {
    String properties = "'properties':{'on_behalf_of':" + principal + "}";
    String subject = "'subject':{'type':'agent','id':'a1'," + properties + "}";
    return digestOf("{'action':{},'resource':{}," + subject + "}", policy);
  }

  private static String digestOf(String quoted, String policy) {
    byte[] text = quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return CallDigest.of(text, text.length, policy);
  }
}
