package dev.claudemesh.cli.claude;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.mcp.Hook;
import dev.claudemesh.mcp.StatusLine;
import dev.claudemesh.protocol.Wire;
import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// The line that Claude Code shows below its prompt. Where there is a bash, the launcher answers
/// instead, without a JVM; the two print the same.
@Command(
    name = "status-line",
    description =
        "Print one line about the mesh for Claude Code's status line: who is here, and what waits.",
    footer = {
      "",
      "To have it shown: claudemesh install --status-line",
      "To embed it in a status line of your own, give it what yours gets on stdin:",
      "  input=$(cat); echo \"$(my-own-line <<< \"$input\")  $(claudemesh status-line <<< \"$input\")\""
    })
public final class StatusLineCommand extends CliCommand {
  public StatusLineCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    JsonNode input =
        context.terminal().interactive()
            ? Wire.mapper().createObjectNode()
            : Hook.read(context.environment().in());
    String line =
        Hook.sessionId(input, context.environment().variables())
            .flatMap(session ->
                StatusLine.read(context.folder().path(), session, context.clock().instant()))
            .orElse(StatusLine.NOT_CONNECTED);
    Answer answer = Answer.of(Map.of("line", line));
    return context.config().read().memberships().isEmpty() ? answer : answer.line(line);
  }
}
