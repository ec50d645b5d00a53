package dev.claudemesh.cli.claude;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.install.ClaudeFiles;
import dev.claudemesh.cli.install.LooseEntry;
import dev.claudemesh.cli.mesh.MeshChoice;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Starts Claude Code as a peer of one mesh.
@Command(
    name = "launch",
    aliases = "connect",
    description = "Start Claude Code on a mesh. What stands after -- goes to claude.",
    footer = {"", "Example: claudemesh launch --name ana --groups backend:lead -- --model opus"})
public final class LaunchCommand extends CliCommand {
  private static final Pattern SESSION =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /// How messages come in.
  enum Mode {
    push,
    inbox,
    off
  }

  @Option(names = "--name", paramLabel = "<name>", description = "Name of the session on the mesh.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--role",
      paramLabel = "<role>",
      description = "What the session does, in a word.")
  private Optional<String> role = Optional.empty();

  @Option(
      names = "--groups",
      paramLabel = "<a:lead,b>",
      description = "Its groups, each with a role if you like.")
  private Optional<String> groups = Optional.empty();

  @Option(
      names = {"-m", "--mesh"},
      paramLabel = "<mesh>",
      description = "Which of your meshes: its slug, name or id.")
  private Optional<String> mesh = Optional.empty();

  @Option(names = "--join", paramLabel = "<link>", description = "Take this invite first.")
  private Optional<String> join = Optional.empty();

  @Option(
      names = "--message-mode",
      paramLabel = "push|inbox|off",
      description = "Whether messages come into the conversation, wait for it, or neither.")
  private Optional<Mode> mode = Optional.empty();

  @Option(
      names = "--allow",
      paramLabel = "<canSend,…>",
      description =
          "Of your permissions, those the session is to have; none of them: --allow none.")
  private Optional<String> allow = Optional.empty();

  @Option(names = "--system-prompt", paramLabel = "<text>", description = "Passed on to claude.")
  private Optional<String> systemPrompt = Optional.empty();

  @Option(
      names = {"-y", "--yes"},
      description =
          "Let claude act without asking for permission. Others' messages can then make it run"
              + " commands: only where that does no harm.")
  private boolean yes;

  @Option(
      names = {"-r", "--resume"},
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "<session>",
      description = "Resume a session; it is the same peer as before.")
  private Optional<String> resume = Optional.empty();

  @Option(
      names = {"-c", "--continue"},
      description = "Continue the last session of this folder.")
  private boolean continues;

  @Option(
      names = "--channels",
      description =
          "With a Claude Code older than 2.1.224: load the development channel, so that messages"
              + " can wake it.")
  private boolean channels;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing before claude starts.")
  private boolean quiet;

  @Parameters(arity = "0..*", paramLabel = "-- <args>", hidden = true)
  private List<String> rest = new ArrayList<>();

  public LaunchCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() throws Exception {
    Path claude = ClaudeBinary.require(context.environment());
    if (join.isPresent() && dev.claudemesh.cli.Cli.run(context, "join", join.get()) != 0) {
      throw new CommandFailure(
          ExitCode.CANCELLED, "The invite could not be taken, so claude was not started.");
    }
    Config config = context.config().read();
    LastUsed.File note = context.folder().lastUsed();
    Membership chosen = MeshChoice.choose(config, mesh, note.read().map(LastUsed::meshSlug));
    note.write(new LastUsed(chosen.slug(), name, role, context.clock().instant()));
    try (LaunchFolder folder =
        LaunchFolder.make(context.folder(), context.config(), chosen(config), chosen)) {
      LooseEntry loose =
          LooseEntry.write(
              folder.path(),
              ClaudeFiles.of(context.environment()),
              context.environment().launcher());
      Optional<String> session = sessionId();
      LaunchPlan plan =
          new LaunchPlan(
              continues || resume.isPresent() ? Optional.empty() : session,
              resume,
              continues,
              yes,
              channels && !hasInbox(claude),
              systemPrompt,
              loose.servers().map(Path::toString),
              loose.settings().map(Path::toString),
              rest);
      if (!quiet) {
        card(chosen, displayName());
      }
      return run(claude, plan, environment(folder, session), folder);
    }
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("Claude answers");
  }

  /// The session's own settings over those of the config.
  private Config chosen(Config config) {
    Config chosen = config.withSetting("displayName", text(displayName()));
    if (role.isPresent()) {
      chosen = chosen.withSetting("role", text(role.get()));
    }
    if (groups.isPresent()) {
      chosen =
          chosen.withSetting("groups", Wire.mapper().valueToTree(LaunchPlan.groups(groups.get())));
    }
    return mode.isPresent() ? chosen.withSetting("messageMode", text(mode.get().name())) : chosen;
  }

  private static JsonNode text(String value) {
    return Wire.mapper().getNodeFactory().stringNode(value);
  }

  private String displayName() {
    return name.or(() -> context.environment().variable("CLAUDEMESH_DISPLAY_NAME"))
        .or(() -> context.config().read().setting("displayName"))
        .or(() -> context.environment().variable("USER"))
        .or(() -> context.environment().variable("USERNAME"))
        .orElse("claude");
  }

  /// Known where it is a new session, or one that is resumed by its id.
  private Optional<String> sessionId() {
    if (continues) {
      return Optional.empty();
    }
    return resume.isPresent()
        ? resume.filter(id -> SESSION.matcher(id).matches())
        : Optional.of(UUID.randomUUID().toString());
  }

  private static boolean hasInbox(Path claude) {
    return ClaudeBinary.version(claude)
        .filter(version -> version.compareTo(ClaudeBinary.WITH_INBOX) >= 0)
        .isPresent();
  }

  private Map<String, String> environment(LaunchFolder folder, Optional<String> session) {
    Map<String, String> added = new java.util.TreeMap<>();
    added.put("CLAUDEMESH_CONFIG_DIR", folder.path().toString());
    added.put("CLAUDEMESH_DISPLAY_NAME", displayName());
    session.ifPresent(id -> added.put("CLAUDEMESH_SESSION_ID", id));
    role.ifPresent(text -> added.put("CLAUDEMESH_ROLE", text));
    allow.ifPresent(list -> added.put(HelloDetails.PERMISSIONS, LaunchPlan.allowed(list)));
    Map<String, String> own = context.environment().variables();
    added.put("MCP_TIMEOUT", own.getOrDefault("MCP_TIMEOUT", "30000"));
    added.put("MAX_MCP_OUTPUT_TOKENS", own.getOrDefault("MAX_MCP_OUTPUT_TOKENS", "50000"));
    return added;
  }

  private void card(Membership chosen, String displayName) {
    Terminal terminal = context.terminal();
    String good = terminal.icon(Icon.GOOD);
    terminal.talk(
        terminal.icon(Icon.BLOCK)
            + terminal.icon(Icon.BLOCK)
            + " "
            + terminal.in(Style.STRONG, "claudemesh launch"));
    terminal.talk(
        "   Directory  " + good + " " + SafeText.line(context.environment().folder().toString()));
    terminal.talk("   Mesh       " + good + " " + SafeText.line(chosen.slug()));
    terminal.talk("   Name       " + good + " " + SafeText.line(displayName));
    groups.ifPresent(text -> terminal.talk("   Groups     " + good + " " + SafeText.line(text)));
    if (yes) {
      terminal.warn(
          "claude will not ask before it acts, also when a peer's message leads it to (-y)");
    }
  }

  /// Runs it in this terminal. Whoever ends us ends it too, and what we made is removed either way.
  private int run(
      Path claude, LaunchPlan plan, Map<String, String> environment, LaunchFolder folder)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(claude.toString()));
    command.addAll(plan.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(context.environment().folder().toFile()).inheritIO();
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread onSignal =
        Thread.ofPlatform().name("claudemesh-stop").unstarted(() -> stop(process, folder));
    Runtime.getRuntime().addShutdownHook(onSignal);
    int exit = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(onSignal);
    return exit;
  }

  private static void stop(Process process, LaunchFolder folder) {
    process.destroy();
    try {
      process.waitFor();
      folder.close();
    } catch (IOException e) {
      // The next launch removes the folder of a process that is gone.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
