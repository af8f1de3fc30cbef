package dev.nhipol.example;

import dev.nhipol.Answer;
import dev.nhipol.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decides the requests of a file, one per line, with a compiled policy. */
public final class Authorize {
  private Authorize() {}

  /**
   * Prints the answers.
   *
   * @param arguments the policy's module, and the file of requests
   * @throws IOException if a file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    Policy policy = Policy.load(Files.readAllBytes(Path.of(arguments[0])));
    for (String request : Files.readAllLines(Path.of(arguments[1]))) {
      Answer answer = policy.decide(request);
      System.out.println(answer.effect().id() + " because of " + answer.reasons());
    }
  }
}
