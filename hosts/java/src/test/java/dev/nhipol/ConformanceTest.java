package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nhipol.tools.Conformance;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConformanceTest {
  @Test
  void passesAllCases() throws IOException {
    Conformance conformance = new Conformance(CaseFiles.folder());
    conformance.run();
    assertEquals(List.of(), conformance.failures());
  }
}
