package dev.claudemesh.cli.services;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.Version;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.mcp.tools.StdioServer;
import dev.claudemesh.mcp.tools.ToolHost;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lends the tools of an MCP server that runs here, until Ctrl-C.
@Does(Effect.WRITE)
@Command(
    name = "host",
    description = "Lend the tools of a stdio MCP server that runs here, until Ctrl-C.",
    footer = {
      "",
      "Example: claudemesh mcp host github -e GITHUB_TOKEN -- npx -y some-github-mcp-server",
      "The server gets HOME, PATH and the like, and what -e names; nothing else of your shell.",
      "Others may call its tools once you allow them: claudemesh grant <member> tools"
    })
public final class McpHostCommand extends MeshCommand {
  private static final Duration READY = Duration.ofSeconds(20);

  /// A signal ends the server too, and it may be the quicker one.
  private static final Duration SIGNAL = Duration.ofMillis(300);

  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  @Parameters(index = "0", paramLabel = "<name>", description = "Name others call it by.")
  private String name;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "<command>",
      description = "What starts the server; put -- before it.")
  private List<String> command;

  @Option(
      names = {"-d", "--description"},
      paramLabel = "<text>",
      description = "What it is for; what the server says of itself if absent.")
  private Optional<String> description = Optional.empty();

  @Option(
      names = "--persistent",
      description = "Stay listed, as offline, while this command does not run.")
  private boolean persistent;

  @Option(
      names = "--allow-unencrypted",
      description = "Also carry out calls that came in clear, as those of the first protocol do.")
  private boolean allowUnencrypted;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "<NAME[=value]>",
      description = "A variable the server gets; without a value, the one of your shell.")
  private List<String> variables = List.of();

  /// Completes with true when a signal ends us.
  private final CompletableFuture<Boolean> stopping = new CompletableFuture<>();

  public McpHostCommand(Context context) {
    super(context);
  }

  /// What `--json` prints once the tools can be called.
  record Hosting(String server, List<String> tools, boolean persistent, String mesh) {}

  @Override
  public Integer call() throws Exception {
    Membership member = membership();
    Terminal terminal = context.terminal();
    try (StdioServer server =
        StdioServer.start(
            command,
            environment(),
            Version.number(),
            line -> terminal.talk("  " + SafeText.line(line)))) {
      List<ToolOffer> tools = server.tools();
      ToolHost.Offer offer =
          new ToolHost.Offer(name, about(server), tools, persistent, allowUnencrypted);
      ToolHost host =
          ToolHost.start(
              builder(member), listener(terminal), offer, known(member), server, this::served);
      server.onChange(host::replace);
      Thread onSignal =
          Thread.ofPlatform().name("claudemesh-stop").unstarted(() -> stop(server, host));
      Runtime.getRuntime().addShutdownHook(onSignal);
      try {
        host.ready(READY);
        hosting(member, tools).print(terminal, json);
        return untilOver(server, host);
      } finally {
        host.close();
        forget(onSignal);
      }
    }
  }

  private void stop(StdioServer server, ToolHost host) {
    stopping.complete(true);
    host.close();
    server.close();
  }

  private int untilOver(StdioServer server, ToolHost host) throws ExecutionException {
    try {
      CompletableFuture.anyOf(server.exited(), host.ended()).get();
      if (stopping.completeOnTimeout(false, SIGNAL.toMillis(), TimeUnit.MILLISECONDS).get()) {
        return ExitCode.OK.number(); // the server got the same signal
      }
    } catch (InterruptedException e) {
      return ExitCode.OK.number();
    }
    if (!server.exited().isDone()) {
      throw host.ended().join();
    }
    throw new CommandFailure(
        ExitCode.INTERNAL,
        "The MCP server "
            + command.getFirst()
            + " has ended, so "
            + name
            + " is not lent any more");
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // it runs already
    }
  }

  private dev.claudemesh.protocol.client.MeshClient.Builder builder(Membership member) {
    return Link.hosting(context, member, key(member)).limits(ClientLimits.SESSION);
  }

  /// The same key each time, so that a server that was kept listed is known again.
  private SecretKey key(Membership member) {
    return context.folder().sessionKeys().of(slot(member), context.clock().instant());
  }

  /// Calls that were carried out with this key.
  private Optional<Path> known(Membership member) {
    return Optional.of(context.folder().path().resolve("calls").resolve(slot(member)));
  }

  private String slot(Membership member) {
    return "mcp-host-"
        + Keys.sha256Hex((member.meshId() + "|" + name).getBytes(StandardCharsets.UTF_8));
  }

  private String about(StdioServer server) {
    return description.or(server::instructions).orElse("MCP server " + name);
  }

  /// What was named, each of the shell or with a value; never anything of our own.
  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      String key = equals < 0 ? variable : variable.substring(0, equals);
      if (key.isBlank() || key.startsWith("CLAUDEMESH_")) {
        throw new Problem(
            ProblemCode.INVALID_ARGUMENT, "\"" + key + "\" is no variable to hand to a server");
      }
      environment.put(
          key,
          equals >= 0
              ? variable.substring(equals + 1)
              : context
                  .environment()
                  .variable(key)
                  .orElseThrow(() ->
                      new Problem(
                          ProblemCode.INVALID_ARGUMENT,
                          "The variable " + key + " is not set in this shell")));
    }
    return environment;
  }

  private Answer hosting(Membership member, List<ToolOffer> tools) {
    List<String> names = tools.stream().map(ToolOffer::name).toList();
    return Answer.of(new Hosting(name, names, persistent, member.slug()))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " "
                + SafeText.line(name)
                + " is lent to "
                + member.slug()
                + ": "
                + SafeText.line(String.join(", ", names)))
        .remark(
            "  You may call it from any session. Others only after: claudemesh grant <member>"
                + " tools. Ctrl-C ends it.");
  }

  /// One line a call: who, what, how long, how it went.
  private void served(ToolHost.Served served) {
    String line =
        CLOCK.format(context.clock().instant().atZone(ZoneId.systemDefault()))
            + "  "
            + SafeText.line(served.caller())
            + "  "
            + SafeText.line(served.tool())
            + "  "
            + served.took().toMillis()
            + " ms  "
            + served.problem().map(why -> "failed: " + SafeText.line(why)).orElse("ok")
            + (served.encrypted() ? "" : "  (not encrypted)");
    if (json) {
      context.terminal().talk(line);
    } else {
      context.terminal().data(line);
    }
  }

  private static MeshListener listener(Terminal terminal) {
    return new MeshListener() {
      @Override
      public void disconnected(Problem why, Duration retryIn) {
        terminal.warn(SafeText.line("Not connected: " + why.getMessage()));
      }

      @Override
      public void warned(Problem problem) {
        terminal.warn(SafeText.line(problem.getMessage()));
      }
    };
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("A host answers calls");
  }
}
