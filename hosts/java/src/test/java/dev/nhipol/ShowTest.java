package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShowTest {
  @ParameterizedTest
  @CsvSource({"0,0s", "300000,5m", "1500,1500ms", "86400000,1d", "-7200000,-2h"})
  void writesADurationInTheLargestUnit(long milliseconds, String text) {
    assertEquals(text, Show.duration(milliseconds));
  }

  @ParameterizedTest
  @CsvSource({
    "12500000,12.5",
    "12000000,12",
    "-1,-0.000001",
    "-9223372036854775808,-9223372036854.775808"
  })
  void writesADecimalInItsShortestForm(long millionths, String text) {
    assertEquals(text, Show.decimal(millionths));
  }

  @ParameterizedTest
  @CsvSource({
    "0,1970-01-01T00:00:00.000Z",
    "-62167219200000,0000-01-01T00:00:00.000Z",
    "-62167219200001,-62167219200001ms",
    "253402300800000,253402300800000ms"
  })
  void writesAnInstant(long milliseconds, String text) {
    assertEquals(text, Show.instant(milliseconds));
  }

  @ParameterizedTest
  @CsvSource({
    "00000000000000000000ffff0a000001,10.0.0.1",
    "20010db8000000000001000000000001,2001:db8::1:0:0:1",
    "20010db8000000010001000100010001,2001:db8:0:1:1:1:1:1",
    "00000000000000000000000000000000,::"
  })
  void writesAnAddress(String bytes, String text) {
    assertEquals(text, Addresses.showIp(HexFormat.of().parseHex(bytes)));
  }
}
