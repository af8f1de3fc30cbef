package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallDigestTest {
  private static final String KNOWN =
      "sha-256:b411363850276ffca73630e9c01b631726f4d2070dcdc33d6d715788b8331f7a";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'action':{'name':'pay','properties':{'amount':5}},"
            + "'resource':{'type':'account','id':'b1'}}",
        " { 'resource' : {'id':'b\\u0031','type':'account'}, 'subject': 1e400,"
            + " 'action':{'properties':{'amount':5.0},'name':'pay'}}"
      })
  void isTheSameHoweverTheCallIsWritten(String quoted) {
    assertEquals(KNOWN, digestOf(quoted));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'action':{}}",
        "{'action':1,'resource':1,'action':1}",
        "{'action':{'a':1,'a':1},'resource':1}",
        "{'action':'\\ud800','resource':1}",
        "{'action':1e400,'resource':1}",
        "{'action':1,'resource':1} x",
        "[1]"
      })
  void isNoneWhereACallHasNoForm(String quoted) {
    assertNull(digestOf(quoted));
  }

  @Test
  void isNoneBeyond64Levels() {
    String within = "[".repeat(63) + "1" + "]".repeat(63);
    assertEquals(72, digestOf("{'action':" + within + ",'resource':1}").length());
    assertNull(digestOf("{'action':[" + within + "],'resource':1}"));
  }

  private static String digestOf(String quoted) {
    byte[] text = quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return CallDigest.of(text, text.length);
  }
}
