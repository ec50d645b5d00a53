package dev.claudemesh.cli.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.Program;
import dev.claudemesh.Sources;
import dev.claudemesh.protocol.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Carries `docs/tour.md` out: its shell blocks with the packaged program, its conversations with
/// two real Claude Code processes and a scripted model each, on a real broker.
class TourIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A quotation, or a block with the words behind its fence.
  private static final Pattern PART =
      Pattern.compile(
          "(?ms)^> \\*\\*(?<who>\\w+):\\*\\* (?<said>.*?)$|^```(?<kind>sh|json|text) ?(?<words>[^\\n]*)\\n(?<body>.*?)^```$");

  private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Person> people = new HashMap<>();
  private final Deque<Process> running = new ArrayDeque<>();

  /// Somebody with a home, a model and a session.
  private record Person(Program program, FakeMessagesApi model, List<RealClaude> session) {
    RealClaude claude() {
      return session.getFirst();
    }
  }

  @Test
  void the_tour_does_what_it_says() throws Exception {
    assumeTrue(
        RealClaude.binary().isPresent(),
        "no Claude Code binary: npm install @anthropic-ai/claude-code, or set CLAUDE_BIN; skipped");
    String page = Sources.read(Sources.root().resolve("docs/tour.md"));
    Program broker = Program.install(folder);
    for (String who : List.of("ana", "ben")) {
      people.put(who, new Person(broker.as(who), new FakeMessagesApi(), new ArrayList<>()));
    }
    try {
      walk(broker, PART.matcher(page));
    } finally {
      for (Person person : people.values()) {
        for (RealClaude claude : person.session()) {
          claude.close();
        }
        person.model().close();
      }
      running.forEach(Program::end);
    }
  }

  private void walk(Program broker, Matcher parts) throws Exception {
    String said = "";
    String expectedOf = "";
    int calls = 0;
    while (parts.find()) {
      String[] words =
          parts.group("words") == null ? new String[0] : parts.group("words").split(" ");
      switch (parts.group("kind")) {
        case null -> said = parts.group("said");
        case "sh" -> shell(broker, words, parts.group("body"));
        case "json" -> {
          expectedOf = words[0];
          ask(person(words[0]), said, words[1], parts.group("body"));
          calls++;
        }
        default -> {
          String who = words.length == 2 ? words[0] : expectedOf;
          hears(person(who), parts.group("body"));
        }
      }
    }
    assertThat(calls).isGreaterThanOrEqualTo(10);
  }

  private Person person(String who) throws Exception {
    Person person = people.get(who);
    if (person.session().isEmpty()) {
      person
          .session()
          .add(RealClaude.start(person.program().home(), person.model().url(), allTools()));
    }
    return person;
  }

  /// Every tool that the page calls.
  private static String[] allTools() {
    Matcher calls =
        Pattern.compile("(?m)^```json \\w+ (\\w+)$")
            .matcher(Sources.read(Sources.root().resolve("docs/tour.md")));
    return calls
        .results()
        .map(call -> "mcp__claudemesh__" + call.group(1))
        .collect(Collectors.toCollection(TreeSet::new))
        .toArray(String[]::new);
  }

  private void shell(Program broker, String[] words, String script) throws Exception {
    String terminal = words[0].replace("terminal=", "");
    if (terminal.equals("broker")) {
      running.push(broker.start("exec " + script.strip(), "ready ws://127.0.0.1:"));
      return;
    }
    Program program = people.get(terminal).program();
    if (words.length > 1) {
      running.push(
          program.start(
              "exec " + script.strip(), words[1].replace("until=", "").replace('-', ' ')));
      return;
    }
    Program.Ended ended = program.run(script);
    assertThat(ended.exit()).as("%s\n%s\n%s", script, ended.out(), ended.err()).isZero();
  }

  private void ask(Person person, String said, String tool, String arguments) throws Exception {
    person
        .model()
        .whenTold(
            said,
            "mcp__claudemesh__" + tool,
            (ObjectNode) Wire.mapper().readTree(filled(arguments)));
    person.claude().prompt(said);
  }

  /// What the model was told holds all these lines, in their order; what stands in braces is
  /// learned the first time.
  private void hears(Person person, String lines) throws Exception {
    Pattern expected =
        Pattern.compile(
            Stream.of(lines.strip().split("\n"))
                .map(this::pattern)
                .collect(Collectors.joining(".*?")),
            Pattern.DOTALL);
    String told;
    try {
      told = person.model().await(heard -> expected.matcher(heard).find(), PATIENCE);
    } catch (AssertionError e) {
      throw new AssertionError(lines + "\n" + e.getMessage() + "\n" + person.claude().output(), e);
    }
    Matcher matcher = expected.matcher(told);
    assertThat(matcher.find()).isTrue();
    matcher.namedGroups().keySet().forEach(name -> names.put(name, matcher.group(name)));
  }

  private String pattern(String line) {
    return Stream.of(filled(line).split("…", -1))
        .map(text -> NAME.matcher(Pattern.quote(text)).replaceAll("\\\\E(?<$1>[0-9A-Za-z]+)\\\\Q"))
        .collect(Collectors.joining("[^\n]*"));
  }

  private String filled(String text) {
    return NAME.matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(names.getOrDefault(found.group(1), found.group())));
  }
}
