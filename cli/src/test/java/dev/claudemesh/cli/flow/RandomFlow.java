package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.flow.Page.Choice;
import dev.claudemesh.cli.terminal.Icon;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// Flows as somebody could write them: each question answers itself, may depend on one before it,
/// and may take an earlier answer back by a choice that is not the preselected one.
final class RandomFlow {
  private RandomFlow() {}

  static Flow<Map<String, Integer>> of(Random random) {
    List<Flow.Entry<Map<String, Integer>>> entries = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      String name = "q" + i;
      Optional<String> before =
          i > 0 && random.nextInt(3) == 0 ? Optional.of("q" + random.nextInt(i)) : Optional.empty();
      int wanted = random.nextInt(3);
      Page.Ask<Map<String, Integer>> ask = ask(name, i, random);
      entries.add(
          new Flow.Entry<>(
              name,
              session ->
                  before.map(other -> session.get(other) == Integer.valueOf(wanted)).orElse(true),
              session -> session.containsKey(name),
              session -> new Page<>(name, List.of(), List.of(), ask),
              session -> ""));
    }
    return new Flow<>(entries);
  }

  private static Page.Ask<Map<String, Integer>> ask(String name, int index, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Page.Pass<>(answers(name, random.nextInt(3)));
      case 1 ->
          new Page.Type<>(
              name,
              "1",
              text -> text.matches("[0-2]") ? answers(name, Integer.parseInt(text)) : refuses());
      default -> {
        List<Choice<Map<String, Integer>>> choices = new ArrayList<>();
        for (int answer = 0; answer < 3; answer++) {
          choices.add(new Choice<>("answer " + answer, answers(name, answer)));
        }
        if (index > 0) {
          choices.add(new Choice<>("take back", without("q" + random.nextInt(index))));
        }
        yield new Page.Pick<>(choices, random.nextInt(3));
      }
    };
  }

  private static Step<Map<String, Integer>> refuses() {
    return new Step.Refuse<>("A number from 0 to 2");
  }

  private static Step<Map<String, Integer>> answers(String name, int answer) {
    return new Step.Go<>(session -> {
      Map<String, Integer> next = new TreeMap<>(session);
      next.put(name, answer);
      return next;
    });
  }

  private static Step<Map<String, Integer>> without(String name) {
    return new Step.Go<>(session -> {
      Map<String, Integer> next = new TreeMap<>(session);
      next.remove(name);
      return next;
    });
  }

  static Overlay<Map<String, Integer>> overlay(String name) {
    return new Overlay<>(
        name,
        Icon.WARN,
        name,
        List.of(),
        Optional.empty(),
        List.of(
            new Choice<>("go on", new Step.Resume<>()), new Choice<>("back", new Step.Back<>())));
  }
}
