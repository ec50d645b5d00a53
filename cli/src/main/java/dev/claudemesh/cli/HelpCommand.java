package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Language;
import dev.claudemesh.protocol.client.EditDistance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What a command does, or a page about something that concerns many of them.
@Command(
    name = "help",
    description = "Explain a command or a topic; alone, list both.",
    footer = {"", "Example: claudemesh help task create", "Example: claudemesh help names"})
public final class HelpCommand extends CliCommand {
  /// A page begins with a line like this and its name.
  private static final String PAGE = "# ";

  @Parameters(
      arity = "0..*",
      paramLabel = "<command or topic>",
      description = "Words of a command, or the name of a topic.")
  private List<String> words = List.of();

  public HelpCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Page(String about, String text) {}

  @Override
  protected Answer answer() {
    Map<String, String> topics = topics(context.terminal().language());
    if (words.size() == 1 && topics.containsKey(words.getFirst())) {
      return page(words.getFirst(), topics.get(words.getFirst()));
    }
    CommandLine command = Cli.tree(context, words.toArray(String[]::new));
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw unknown(word, command, topics);
      }
      command = next;
    }
    Answer answer = page(String.join(" ", words), command.getUsageMessage());
    return words.isEmpty()
        ? answer.remark(
            "\n" + context.terminal().say("Topics:") + " " + String.join(", ", topics.keySet()))
        : answer;
  }

  private static Answer page(String about, String text) {
    return Answer.of(new Page(about, text.stripTrailing())).line(text.stripTrailing());
  }

  private CommandFailure unknown(String word, CommandLine among, Map<String, String> topics) {
    List<String> known = new ArrayList<>(among.getSubcommands().keySet());
    known.addAll(topics.keySet());
    List<String> close = EditDistance.near(word, known);
    return new CommandFailure(
        ExitCode.ARGUMENTS,
        "There is neither a command nor a topic \""
            + String.join(" ", words)
            + "\". "
            + (close.isEmpty()
                ? "See claudemesh help."
                : "Did you mean " + String.join(", ", close) + "?"));
  }

  /// The pages by name, in their order.
  static Map<String, String> topics(Language language) {
    Map<String, String> topics = new LinkedHashMap<>();
    for (String page : text(language).split("(?m)^" + PAGE)) {
      Stream.of(page)
          .filter(text -> !text.isBlank())
          .forEach(text -> {
            int end = text.indexOf('\n');
            topics.put(text.substring(0, end).strip(), text.substring(end + 1).stripTrailing());
          });
    }
    return topics;
  }

  private static String text(Language language) {
    String file = language == Language.ENGLISH ? "topics.md" : "topics_" + language.code() + ".md";
    try (InputStream in = HelpCommand.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
