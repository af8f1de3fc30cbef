import dev.nhipol.Answer;
import dev.nhipol.Policy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public final class Decide {
  public static void main(String[] arguments) throws IOException {
    Policy policy = Policy.load(Files.readAllBytes(Path.of("policy.wasm")));
    for (String request : Files.readAllLines(Path.of("requests.jsonl"))) {
      Answer answer = policy.decideJson(request.getBytes(StandardCharsets.UTF_8));
      System.out.println(answer.effect().id() + " " + String.join(" ", answer.reasons()));
    }
  }
}
