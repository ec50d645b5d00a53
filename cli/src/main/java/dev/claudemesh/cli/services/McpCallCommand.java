package dev.claudemesh.cli.services;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.mcp.tools.Progress;
import dev.claudemesh.mcp.tools.ToolCaller;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls a tool that a member lends, and prints what it returns.
@Does(Effect.WRITE)
@Command(
    name = "call",
    description = "Call a tool of an MCP server that a member lends.",
    footer = {
      "",
      "Examples: claudemesh mcp call github list_issues state=open limit=5",
      "          claudemesh mcp call github list_issues '{\"labels\":[\"bug\"]}'"
    })
public final class McpCallCommand extends MeshCommand {
  private static final int LONGEST_SECONDS = 600;

  @Parameters(index = "0", paramLabel = "<server>", description = "Name of the server.")
  private String server;

  @Parameters(index = "1", paramLabel = "<tool>", description = "Name of the tool.")
  private String tool;

  @Parameters(
      index = "2..*",
      arity = "0..*",
      paramLabel = "<json|key=value>",
      description =
          "Arguments: one JSON object, or key=value each; a value that is JSON is taken as such.")
  private List<String> arguments = List.of();

  @Option(
      names = {"-t", "--timeout"},
      paramLabel = "<seconds>",
      description = "How long to wait for an answer or progress, 1 to 600. Default: 30")
  private Optional<Integer> timeout = Optional.empty();

  public McpCallCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Called(String server, String tool, JsonNode result, String mesh) {}

  @Override
  protected Answer answer() throws InterruptedException {
    ObjectNode given = arguments(arguments);
    timeout
        .filter(seconds -> seconds < 1 || seconds > LONGEST_SECONDS)
        .ifPresent(seconds -> {
          throw new Problem(
              ProblemCode.INVALID_ARGUMENT, "--timeout is from 1 to " + LONGEST_SECONDS);
        });
    Membership member = membership();
    ToolCaller caller = new ToolCaller();
    MeshListener events =
        new MeshListener() {
          @Override
          public void event(Event event) {
            caller.event(event);
          }
        };
    try (Link link = Link.open(context, member, events)) {
      Optional<Consumer<Progress>> told =
          context.terminal().interactive() ? Optional.of(this::tell) : Optional.empty();
      ToolCaller.Call call =
          caller.begin(
              link.client(),
              new ToolCaller.Wish(server, tool, given, timeout.map(Duration::ofSeconds), told));
      Answer answer = answer(member, call.result().get());
      return call.encrypted() ? answer : answer.remark("  (not encrypted)");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Problem problem
          ? problem
          : new IllegalStateException(e.getCause());
    }
  }

  private void tell(Progress progress) {
    context
        .terminal()
        .talk(
            "  "
                + number(progress.done())
                + progress.total().map(total -> " of " + number(total)).orElse("")
                + progress.message().map(text -> "  " + SafeText.line(text)).orElse(""));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private Answer answer(Membership member, JsonNode result) {
    Answer answer = Answer.of(new Called(server, tool, result, member.slug()));
    lines(result).forEach(line -> answer.line(SafeText.body(line)));
    return result.path("isError").asBoolean(false) ? answer.exit(ExitCode.ARGUMENTS) : answer;
  }

  private static List<String> lines(JsonNode result) {
    List<String> lines = new ArrayList<>();
    for (JsonNode part : result.path("content")) {
      lines.add(part.path("text").isString() ? part.get("text").stringValue() : part.toString());
    }
    if (lines.isEmpty()) {
      lines.add(result.isString() ? result.stringValue() : result.toString());
    }
    return lines;
  }

  /// @throws Problem `invalid_argument`
  static ObjectNode arguments(List<String> words) {
    if (words.size() == 1 && words.getFirst().stripLeading().startsWith("{")) {
      if (json(words.getFirst()).orElse(null) instanceof ObjectNode object) {
        return object;
      }
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "The arguments begin as a JSON object and are none");
    }
    ObjectNode object = Wire.mapper().createObjectNode();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new Problem(
            ProblemCode.INVALID_ARGUMENT,
            "\"" + word + "\" is no argument; write key=value, or one JSON object");
      }
      String value = word.substring(equals + 1);
      object.set(
          word.substring(0, equals), json(value).orElseGet(() -> Wire.mapper().valueToTree(value)));
    }
    return object;
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(Wire.mapper().readTree(text)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
