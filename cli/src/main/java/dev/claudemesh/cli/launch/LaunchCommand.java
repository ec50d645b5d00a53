package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.Welcome;
import dev.claudemesh.cli.claude.ClaudeBinary;
import dev.claudemesh.cli.flow.Guide;
import dev.claudemesh.cli.flow.Guides;
import dev.claudemesh.cli.flow.Position;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    footer = {
      "",
      "At a terminal it shows what will happen and asks what is open; Enter goes on. With -y,"
          + " --non-interactive or without a terminal nothing is asked: the first thing that no flag"
          + " says ends it with 3.",
      "claudemesh alone, with a link, or with one of these flags first, is this command, too.",
      "Example: claudemesh launch --name ana --groups backend:lead -- --model opus"
    })
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
          "Let claude act without asking for permission, and ask nothing here either. Others'"
              + " messages can then make it run commands: only where that does no harm. The first"
              + " time at a terminal it is asked whether that is understood; without -y permissions"
              + " are never skipped.")
  private boolean yes;

  @Option(
      names = "--non-interactive",
      description = "Ask nothing: what no flag says ends it with 3, naming the flag.")
  private boolean nonInteractive;

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
      description = "Say nothing before claude starts; only what is open is asked.")
  private boolean quiet;

  @Parameters(arity = "0..*", paramLabel = "-- <args>", hidden = true)
  private List<String> rest = new ArrayList<>();

  public LaunchCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() throws Exception {
    boolean asks = context.terminal().interactive() && !yes && !nonInteractive;
    Actions actions = new CommandActions(context, asks);
    Position<LaunchSession> start = start(actions, asks);
    if (!asks) {
      ClaudeBinary.require(context.environment());
    }
    Understood.check(context, yes);
    Guide<LaunchSession> guide =
        asks
            ? Guides.somebodyThere(context, new MeshWatch(actions, context.clock()))
            : Guides.nobodyThere();
    Guide.Ended<LaunchSession> ended = guide.lead(start);
    if (ended.session().isEmpty()) {
      if (ended.exit() == ExitCode.CANCELLED.number()) {
        context.terminal().talk("Nothing was started.");
        context.terminal().next(Welcome.next(context));
      }
      return ended.exit();
    }
    return launch(ended.session().get(), asks);
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("Claude answers");
  }

  private Position<LaunchSession> start(Actions actions, boolean asks) {
    LaunchStart.Flags flags =
        new LaunchStart.Flags(
            name, role, groups, mesh, join, mode.map(Mode::name), resume, continues, yes, quiet);
    return new LaunchStart(context, flags, asks).position(LaunchFlow.of(actions, context.clock()));
  }

  private int launch(LaunchSession session, boolean asked)
      throws IOException, InterruptedException {
    Path claude = ClaudeBinary.require(context.environment());
    Config config = context.config().read();
    String meshId = session.mesh().map(LaunchSession.Mesh::id).orElseThrow();
    Membership chosen =
        config
            .byId(meshId)
            .orElseThrow(() ->
                new CommandFailure(ExitCode.NOT_FOUND, "The mesh was left meanwhile; start again"));
    Optional<String> sessionId = sessionId();
    note(session, chosen, sessionId);
    Terminal terminal = context.terminal();
    if (!quiet && !(asked && terminal.drawsScreens())) {
      Card.print(session, terminal);
    }
    HandOver handOver = new HandOver(context, claude, asked && terminal.drawsScreens());
    int exit =
        handOver.run(
            new HandOver.Start(
                chosen(config, session),
                chosen,
                session,
                sessionId,
                allow,
                channels,
                systemPrompt,
                rest));
    if (terminal.interactive() && !quiet && exit == 0) {
      sessionId.ifPresent(id -> terminal.next("claudemesh --resume " + id));
    }
    return exit;
  }

  /// So that the next launch, and this session when it is resumed, begin with the same.
  private void note(LaunchSession session, Membership chosen, Optional<String> sessionId) {
    Optional<String> chosenRole = session.role().filter(text -> !text.isEmpty());
    context
        .folder()
        .lastUsed()
        .write(new LastUsed(chosen.slug(), session.name(), chosenRole, context.clock().instant()));
    sessionId.ifPresent(id ->
        LaunchStart.saved(context)
            .add(
                new SavedLaunches.Saved(
                    id,
                    chosen.meshId(),
                    session.name().orElseThrow(),
                    chosenRole,
                    session.wishes().groups(),
                    session.wishes().messageMode(),
                    context.clock().instant())));
  }

  /// The session's own settings over those of the config.
  private static Config chosen(Config config, LaunchSession session) {
    Config chosen = config.withSetting("displayName", text(session.name().orElseThrow()));
    Optional<String> role = session.role().filter(text -> !text.isEmpty());
    if (role.isPresent()) {
      chosen = chosen.withSetting("role", text(role.get()));
    }
    Optional<String> groups = session.wishes().groups();
    if (groups.isPresent()) {
      chosen =
          chosen.withSetting("groups", Wire.mapper().valueToTree(LaunchPlan.groups(groups.get())));
    }
    Optional<String> mode = session.wishes().messageMode();
    return mode.isPresent() ? chosen.withSetting("messageMode", text(mode.get())) : chosen;
  }

  private static JsonNode text(String value) {
    return Wire.mapper().getNodeFactory().stringNode(value);
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
}
