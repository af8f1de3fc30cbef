package dev.nhipol.tools;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.nhipol.Answer;
import dev.nhipol.Policy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A policy with requests and their expected effects: PREFIX.wasm, .jsonl and .effects. */
record Workload(Policy policy, List<byte[]> texts, List<Object> values, List<String> effects) {
  static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  static Workload read(String prefix) throws IOException {
    List<byte[]> texts = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(prefix + ".jsonl"))) {
      texts.add(line.getBytes(StandardCharsets.UTF_8));
      values.add(MAPPER.readValue(line, Object.class));
    }
    List<String> effects = Files.readAllLines(Path.of(prefix + ".effects"));
    if (effects.size() != texts.size())
      throw new IOException(prefix + ": expected one effect per request");
    Policy policy = Policy.load(Files.readAllBytes(Path.of(prefix + ".wasm")));
    return new Workload(policy, texts, values, effects);
  }

  int size() {
    return texts.size();
  }

  boolean isExpected(int index, Answer answer) {
    return answer.effect().id().equals(effects.get(index));
  }
}
