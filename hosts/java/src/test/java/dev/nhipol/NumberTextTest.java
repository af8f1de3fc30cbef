package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "-1.5",
        "0.002",
        "0.1",
        "0.30000000000000004",
        "0.000001",
        "1e-7",
        "1.5e-7",
        "123456789012345680000",
        "1e+21",
        "5e-324",
        "2.2250738585072014e-308",
        "1.7976931348623157e+308",
        "5.684341886080802e-14",
        "2e+23",
        "8.41e+21",
        "9007199254740992"
      })
  void writesADoubleInItsShortestForm(String written) {
    assertEquals(written, NumberText.of(Double.parseDouble(written)));
    assertEquals(written, NumberText.canonical(written));
  }

  @ParameterizedTest
  @CsvSource({"1.0,1", "1e2,100", "-0,0", "0.0e99999999999,0", "12.50,12.5", "1E21,1e+21"})
  void knowsOneFormOfANumber(String text, String form) {
    assertEquals(form, NumberText.canonical(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "1e400",
        "1e-400",
        "1e99999999999",
        "0.1000000000000000055511151231257827"
      })
  void hasNoFormForWhatADoubleDoesNotKeep(String text) {
    assertNull(NumberText.canonical(text));
  }

  @Test
  void writesAnIntegerWithoutAPoint() {
    assertEquals("-3", NumberText.of(-3.0));
    assertEquals("0", NumberText.of(-0.0));
  }
}
