package dev.claudemesh.cli.memory;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import dev.claudemesh.protocol.memory.MemoryReply.Results;
import dev.claudemesh.protocol.memory.MemoryRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Memories to be read in full, one under the other, rather than cut to the columns of a table.
@Does(Effect.READ)
@Command(
    name = "recall",
    description = "Search what the mesh remembers, the best first; without words, the newest.",
    footer = {
      "",
      "Examples: claudemesh recall staging deploy",
      "          claudemesh recall '\"blue green\" or canary -legacy' --by ana"
    })
public final class RecallCommand extends MeshCommand {
  private static final int SHORT_ID = 8;

  @Parameters(
      index = "0..*",
      arity = "0..*",
      paramLabel = "<query>",
      description =
          "Words to look for; \"in quotes\", or, and -without mean what they mean in web searches.")
  private List<String> words = List.of();

  @Option(
      names = "--tags",
      split = ",",
      paramLabel = "<tag>",
      description = "Only memories with all of these tags.")
  private List<String> tags = List.of();

  @Option(
      names = "--by",
      paramLabel = "<member>",
      description = "Only those of this member: name or key.")
  private Optional<String> by = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "<n>",
      description = "How many at most, up to 100; 20 if absent.")
  private Optional<Integer> limit = Optional.empty();

  public RecallCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    String query = String.join(" ", words);
    try (Link link = Link.open(context, member)) {
      Results results =
          link.ask(
              new MemoryRequest.Recall(
                  query, Optional.of(tags).filter(some -> !some.isEmpty()), limit, by));
      Answer answer = Answer.of(results);
      if (results.memories().isEmpty()) {
        return answer
            .line(Style.MUTED, query.isBlank() ? "Nothing is remembered." : "Nothing was found.")
            .next(
                query.isBlank()
                    ? "claudemesh remember \"<text>\" --tags <tag>" + meshFlag(member)
                    : "claudemesh recall" + meshFlag(member));
      }
      Instant now = context.clock().instant();
      results.memories().forEach(memory -> answer.line(terminal -> text(terminal, memory, now)));
      return results.more().orElse(false)
          ? answer.remark("  There are more; narrower words or --limit show them.")
          : answer;
    }
  }

  /// A header, then the content behind a bar, so that no content can pose as a header.
  private static String text(Terminal terminal, Memory memory, Instant now) {
    String header =
        terminal.in(Style.STRONG, SafeText.line(memory.rememberedBy()))
            + terminal.in(
                Style.MUTED,
                "  "
                    + Span.ago(Duration.between(memory.rememberedAt(), now))
                    + " ago, id "
                    + SafeText.line(memory.id().substring(0, SHORT_ID)))
            + memory.tags().stream()
                .map(tag -> "  " + terminal.in(Style.PRIMARY, "#" + SafeText.line(tag)))
                .collect(Collectors.joining());
    String bar = terminal.in(Style.ACCENT, "│") + " ";
    return header
        + SafeText.body(memory.content())
            .lines()
            .map(line -> "\n" + bar + line)
            .collect(Collectors.joining());
  }
}
