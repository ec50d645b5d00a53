package dev.claudemesh.cli.install;

import dev.claudemesh.mcp.HookEvent;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// What we enter into Claude Code's files: one MCP server, and one hook for each event we need.
/// Knows what is ours, also what older versions left.
final class Registration {
  static final String NAME = "claudemesh";
  private static final String SERVERS = "mcpServers";
  private static final String HOOKS = "hooks";
  private static final String COMMAND = "command";
  private static final String STATUS_LINE = "statusLine";
  private static final int REFRESH_SECONDS = 5;

  /// A command line whose program is ours, quoted or not; not one that only mentions us.
  private static final Pattern OUR_HOOK =
      Pattern.compile(
          "\\s*(?:'.*/claudemesh(?:\\.cmd)?'|\".*[/\\\\]claudemesh(?:\\.cmd)?\"|(?:\\S*[/\\\\])?claudemesh(?:\\.cmd)?)\\s+hook\\s+\\S+\\s*");

  /// The same for the status line.
  private static final Pattern OUR_STATUS_LINE =
      Pattern.compile(OUR_HOOK.pattern().replace("hook\\s+\\S+", "status-line"));

  private static final Pattern OUR_PROGRAM =
      Pattern.compile("(^|.*[/\\\\])claudemesh(\\.cmd|\\.exe)?", Pattern.DOTALL);
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private final Path launcher;

  Registration(Path launcher) {
    this.launcher = launcher;
  }

  /// The command line of a hook.
  String hookCommand(HookEvent event) {
    return program() + " hook " + event.word();
  }

  /// Us, quoted for a shell where the path needs it.
  private String program() {
    String path = launcher.toString();
    return PLAIN.matcher(path).matches() ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  /// Registers our status line where there is none. There can be only one, and a user's own stays.
  void enterStatusLine(JsonFile file) {
    if (ownStatusLine(file).isPresent()) {
      return;
    }
    String command = program() + " status-line";
    if (file.find(STATUS_LINE).isEmpty()) {
      ObjectNode line = Wire.mapper().createObjectNode();
      file.put(
          file.root(),
          STATUS_LINE,
          line.put("type", "command")
              .put(COMMAND, command)
              .put("refreshInterval", REFRESH_SECONDS));
    } else if (!statusLine(file).equals(Optional.of(command))) {
      file.put(
          file.object(STATUS_LINE).orElseThrow(),
          COMMAND,
          Wire.mapper().getNodeFactory().stringNode(command));
    }
  }

  /// The command of a status line that is not ours; empty if there is none. One without a command
  /// counts as somebody else's, too.
  static Optional<String> ownStatusLine(JsonFile file) {
    return file.find(STATUS_LINE).isEmpty()
        ? Optional.empty()
        : Optional.of(statusLine(file).orElse("")).filter(command -> !isOurStatusLine(command));
  }

  private static Optional<String> statusLine(JsonFile file) {
    return file.find(STATUS_LINE, COMMAND)
        .filter(JsonPlace.Text.class::isInstance)
        .map(place -> ((JsonPlace.Text) place).value());
  }

  private static boolean isOurStatusLine(String command) {
    return OUR_STATUS_LINE.matcher(command).matches();
  }

  /// Names us as an MCP server. A server of that name that is not ours stays, and is a problem.
  void enterServer(JsonFile file) {
    Optional<JsonPlace.Fields> servers = file.object(SERVERS);
    if (servers.isEmpty()) {
      ObjectNode all = Wire.mapper().createObjectNode();
      all.set(NAME, server());
      file.put(file.root(), SERVERS, all);
    } else if (servers.get().field(NAME).isEmpty()) {
      file.put(servers.get(), NAME, server());
    } else {
      renew(file);
    }
  }

  /// Corrects the command of an entry that is ours, and leaves what its user added to it.
  private void renew(JsonFile file) {
    if (!isOurs(file)) {
      throw new Problem(
          ProblemCode.EXISTS,
          "There is another MCP server called claudemesh already. Nothing was changed; rename or"
              + " remove it (claude mcp remove claudemesh) and run this again");
    }
    if (!command(file).equals(Optional.of(launcher.toString()))) {
      file.put(
          file.object(SERVERS, NAME).orElseThrow(),
          COMMAND,
          Wire.mapper().getNodeFactory().stringNode(launcher.toString()));
    }
    if (!file.array(SERVERS, NAME, "args")
        .map(Registration::texts)
        .equals(Optional.of(List.of("mcp")))) {
      file.put(
          file.object(SERVERS, NAME).orElseThrow(),
          "args",
          Wire.mapper().createArrayNode().add("mcp"));
    }
  }

  /// Where the registered server's program is; empty if none is registered, or it is not ours.
  static Optional<String> registered(JsonFile file) {
    return isOurs(file) ? command(file) : Optional.empty();
  }

  private static Optional<String> command(JsonFile file) {
    return file.find(SERVERS, NAME, COMMAND)
        .filter(JsonPlace.Text.class::isInstance)
        .map(place -> ((JsonPlace.Text) place).value());
  }

  /// Ours if it starts a program of our name, or another with our entry as its argument (which old
  /// installations from source did).
  private static boolean isOurs(JsonFile file) {
    boolean program =
        command(file).filter(command -> OUR_PROGRAM.matcher(command).matches()).isPresent();
    List<String> args =
        file.find(SERVERS, NAME, "args")
            .filter(JsonPlace.Items.class::isInstance)
            .map(place -> texts((JsonPlace.Items) place))
            .orElse(List.of());
    return program
        || args.size() > 1 && args.getLast().equals("mcp") && args.getFirst().contains(NAME);
  }

  private static List<String> texts(JsonPlace.Items items) {
    return items.items().stream()
        .filter(JsonPlace.Text.class::isInstance)
        .map(item -> ((JsonPlace.Text) item).value())
        .toList();
  }

  private ObjectNode server() {
    ObjectNode server = Wire.mapper().createObjectNode();
    server.put("type", "stdio");
    server.put(COMMAND, launcher.toString());
    server.putArray("args").add("mcp");
    server.putObject("env");
    return server;
  }

  /// Registers each hook that is not there yet; those of other places and versions go.
  ///
  /// @param also those that are there only where they were asked for; they stay where they are
  ///   already
  void enterHooks(JsonFile file, Set<HookEvent> also) {
    List<String> there = hookedEvents(file);
    List<HookEvent> events =
        Stream.of(HookEvent.values())
            .filter(event ->
                HookEvent.usual().contains(event)
                    || also.contains(event)
                    || there.contains(event.claudeName()))
            .toList();
    List<String> wanted = events.stream().map(this::hookCommand).toList();
    removeHooks(file, command -> isOurHook(command) && !wanted.contains(command));
    for (HookEvent event : events) {
      if (!hooks(file, event.claudeName()).contains(hookCommand(event))) {
        enter(file, event);
      }
    }
  }

  private void enter(JsonFile file, HookEvent event) {
    ObjectNode hook = Wire.mapper().createObjectNode();
    hook.put("type", "command")
        .put(COMMAND, hookCommand(event))
        .put("timeout", event.timeoutSeconds());
    ObjectNode group = Wire.mapper().createObjectNode();
    event.matcher().ifPresent(tools -> group.put("matcher", tools));
    group.putArray(HOOKS).add(hook);
    Optional<JsonPlace.Fields> hooks = file.object(HOOKS);
    Optional<JsonPlace.Items> groups = file.array(HOOKS, event.claudeName());
    if (groups.isPresent()) {
      file.append(groups.get(), group);
    } else if (hooks.isPresent()) {
      file.put(hooks.get(), event.claudeName(), Wire.mapper().createArrayNode().add(group));
    } else {
      ObjectNode all = Wire.mapper().createObjectNode();
      all.putArray(event.claudeName()).add(group);
      file.put(file.root(), HOOKS, all);
    }
  }

  /// Removes everything of ours from `.claude.json`.
  static void removeServer(JsonFile file) {
    if (isOurs(file)) {
      file.removeFields(field -> field.name().equals(NAME), SERVERS);
    }
  }

  /// Removes everything of ours from `settings.json`, also the tool names and the status line that
  /// old versions entered.
  static void removeFromSettings(JsonFile file) {
    removeHooks(file, Registration::isOurHook);
    file.removeItems(
        item -> item instanceof JsonPlace.Text text && text.value().startsWith("mcp__claudemesh__"),
        "allowedTools");
    statusLine(file)
        .filter(Registration::isOurStatusLine)
        .ifPresent(line -> file.removeFields(field -> field.name().equals(STATUS_LINE)));
  }

  /// Which commands are registered for an event.
  static List<String> hooks(JsonFile file, String event) {
    return spots(file).stream()
        .filter(spot -> spot.event().equals(event))
        .map(Spot::command)
        .toList();
  }

  /// The events that have a hook of ours, wherever it is.
  static List<String> hookedEvents(JsonFile file) {
    return spots(file).stream()
        .filter(spot -> isOurHook(spot.command()))
        .map(Spot::event)
        .distinct()
        .toList();
  }

  /// Whether Claude Code is told to use our plugin.
  static boolean pluginEnabled(JsonFile file) {
    return file.object("enabledPlugins").stream()
        .flatMap(plugins -> plugins.fields().stream())
        .filter(plugin -> plugin.name().startsWith(NAME + "@"))
        .anyMatch(plugin ->
            file.text().substring(plugin.value().start(), plugin.value().end()).equals("true"));
  }

  static boolean isOurHook(String command) {
    return OUR_HOOK.matcher(command).matches();
  }

  /// One hook command and where it is.
  private record Spot(
      String event,
      JsonPlace.Items groups,
      int group,
      JsonPlace.Items hooks,
      int hook,
      String command) {}

  private static List<Spot> spots(JsonFile file) {
    return file.object(HOOKS).stream()
        .flatMap(hooks -> hooks.fields().stream())
        .filter(field -> field.value() instanceof JsonPlace.Items)
        .flatMap(field -> spots(field.name(), (JsonPlace.Items) field.value()).stream())
        .toList();
  }

  private static List<Spot> spots(String event, JsonPlace.Items groups) {
    List<Spot> spots = new ArrayList<>();
    for (int g = 0; g < groups.items().size(); g++) {
      if (groups.items().get(g) instanceof JsonPlace.Fields group
          && group.field(HOOKS).map(JsonPlace.Field::value).orElse(null)
              instanceof JsonPlace.Items hooks) {
        for (int h = 0; h < hooks.items().size(); h++) {
          if (hooks.items().get(h) instanceof JsonPlace.Fields hook
              && hook.field(COMMAND).map(JsonPlace.Field::value).orElse(null)
                  instanceof JsonPlace.Text command) {
            spots.add(new Spot(event, groups, g, hooks, h, command.value()));
          }
        }
      }
    }
    return spots;
  }

  private static void removeHooks(JsonFile file, java.util.function.Predicate<String> which) {
    for (Optional<Spot> next = first(file, which); next.isPresent(); next = first(file, which)) {
      Spot spot = next.get();
      if (spot.hooks().items().size() > 1) {
        file.removeItem(spot.hooks(), spot.hook());
      } else if (spot.groups().items().size() > 1) {
        file.removeItem(spot.groups(), spot.group());
      } else {
        file.removeFields(field -> field.name().equals(spot.event()), HOOKS);
      }
    }
  }

  private static Optional<Spot> first(JsonFile file, java.util.function.Predicate<String> which) {
    return spots(file).stream().filter(spot -> which.test(spot.command())).findFirst();
  }
}
