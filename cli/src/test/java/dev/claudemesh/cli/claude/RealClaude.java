package dev.claudemesh.cli.claude;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.mcp.HookEvent;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// A real Claude Code process that takes prompts on its standard input: a home of its own, an empty
/// environment, our MCP server and our hooks, and a scripted model.
public final class RealClaude implements AutoCloseable {
  private static final String VERSION = "2.1.329";
  private static final Pattern SESSION_ID = Pattern.compile("\"session_id\":\"([0-9a-f-]+)\"");

  private final Process process;
  private final Path log;

  private RealClaude(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// The native binary of the npm package, if it is on this machine.
  public static Optional<Path> binary() {
    String cache =
        System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
    return Stream.of(
            Optional.ofNullable(System.getenv("CLAUDE_BIN")),
            Optional.of(
                cache
                    + "/claudemesh/claude-code-"
                    + VERSION
                    + "/node_modules/@anthropic-ai/claude-code-linux-x64/claude"))
        .flatMap(Optional::stream)
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Makes a home whose user is a member.
  static Path home(Path folder, TestBroker broker, TestMember member, MeshKey key)
      throws IOException {
    Path home = Files.createDirectory(folder.resolve(member.name()));
    Membership membership =
        new Membership(
            member.meshId(),
            member.id(),
            member.meshSlug(),
            "team",
            member.key(),
            broker.wsUrl(),
            Instant.now(),
            Optional.empty(),
            List.of(key));
    new ConfigFolder(home.resolve(".claudemesh"))
        .config(warning -> {})
        .update(config -> config.with(membership));
    return home;
  }

  /// @param home folder of its own; the member's `config.json` is in `home/.claudemesh`
  /// @param allowed tools it may call without asking
  static RealClaude start(Path home, String apiUrl, String... allowed) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path arguments = Files.writeString(home.resolve("java-arguments"), javaArguments());
    String main = java + " @" + arguments + " dev.claudemesh.cli.Main ";
    Path mcp = home.resolve("mcp.json");
    ObjectNode server = Wire.mapper().createObjectNode();
    ObjectNode entry =
        server
            .putObject("mcpServers")
            .putObject("claudemesh")
            .put("type", "stdio")
            .put("command", java.toString());
    entry.putArray("args").add("@" + arguments).add("dev.claudemesh.cli.Main").add("mcp");
    Files.writeString(mcp, server.toString());
    Path settings = home.resolve("settings.json");
    Files.writeString(settings, hooks(main).toString());
    return start(
        home,
        apiUrl,
        Map.of(),
        List.of("--mcp-config", mcp.toString(), "--settings", settings.toString()),
        allowed);
  }

  /// Puts our plugin into a home, from the marketplace that this repository is.
  static void installPlugin(Path home, String apiUrl) throws IOException, InterruptedException {
    for (List<String> words :
        List.of(
            List.of("marketplace", "add", System.getProperty("claudemesh.root")),
            List.of("install", "claudemesh@claudemesh"))) {
      ProcessBuilder builder = new ProcessBuilder(binary().orElseThrow().toString(), "plugin");
      builder.command().addAll(words);
      builder.redirectErrorStream(true).redirectOutput(home.resolve("plugin.log").toFile());
      environment(builder, home, apiUrl, Map.of());
      if (builder.start().waitFor() != 0) {
        throw new IOException(words + ": " + Files.readString(home.resolve("plugin.log")));
      }
    }
  }

  /// A session whose home has our plugin in place of entries of our own.
  ///
  /// @param flags further ones of Claude Code, such as `--continue`
  static RealClaude startWithPlugin(Path home, String apiUrl, List<String> flags, String... allowed)
      throws IOException {
    Map<String, String> found = Map.of("CLAUDEMESH_LAUNCHER", launcher(home).toString());
    return start(home, apiUrl, found, flags, allowed);
  }

  /// A script that runs the classes under test as the launcher runs the jars.
  private static Path launcher(Path home) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path arguments = Files.writeString(home.resolve("java-arguments"), javaArguments());
    Path quick = Path.of(System.getProperty("claudemesh.root"), "claudemesh-quick");
    Path launcher =
        Files.writeString(
            home.resolve("claudemesh"),
            """
            #!/bin/sh
            case "${CLAUDEMESH_QUICK:-}:$*" in
              off:* | :hook\\ permission) ;;
              :hook*) exec '%s' "$0" "$@" ;;
            esac
            exec '%s' '@%s' dev.claudemesh.cli.Main "$@"
            """
                .formatted(quick, java, arguments));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    return launcher;
  }

  private static RealClaude start(
      Path home, String apiUrl, Map<String, String> more, List<String> entries, String... allowed)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            binary().orElseThrow().toString(),
            "-p",
            "--input-format",
            "stream-json",
            "--output-format",
            "stream-json",
            "--verbose",
            "--permission-mode",
            "default",
            "--allowedTools",
            String.join(",", allowed)));
    command.addAll(entries);
    Path log = home.resolve("claude.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    environment(builder, home, apiUrl, more);
    return new RealClaude(builder.start(), log);
  }

  private static void environment(
      ProcessBuilder builder, Path home, String apiUrl, Map<String, String> more) {
    builder.environment().clear();
    builder.environment().putAll(more);
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "PATH",
                System.getenv("PATH"),
                "ANTHROPIC_BASE_URL",
                apiUrl,
                "ANTHROPIC_API_KEY",
                "dummy-key-for-tests",
                "ENABLE_TOOL_SEARCH",
                "false",
                "CLAUDEMESH_CONFIG_DIR",
                home.resolve(".claudemesh").toString()));
  }

  /// What a JVM needs to run our program, for an argument file.
  public static String javaArguments() {
    return "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m --enable-native-access=ALL-UNNAMED\n"
        + "-cp \""
        + System.getProperty("surefire.real.class.path", System.getProperty("java.class.path"))
            .replace("\\", "\\\\")
        + "\"\n";
  }

  private static ObjectNode hooks(String main) {
    ObjectNode settings = Wire.mapper().createObjectNode();
    ObjectNode hooks = settings.putObject("hooks");
    Map.of(
            "SessionStart",
            "session-start",
            "UserPromptSubmit",
            "prompt",
            "Stop",
            "stop",
            "SessionEnd",
            "session-end")
        .forEach((event, word) ->
            hooks
                .putArray(event)
                .addObject()
                .putArray("hooks")
                .addObject()
                .put("type", "command")
                .put("command", main + "hook " + word));
    hooks
        .putArray(HookEvent.EDIT.claudeName())
        .addObject()
        .put("matcher", HookEvent.EDIT.matcher().orElseThrow())
        .putArray("hooks")
        .addObject()
        .put("type", "command")
        .put("command", main + "hook " + HookEvent.EDIT.word());
    hooks
        .putArray(HookEvent.PERMISSION.claudeName())
        .addObject()
        .putArray("hooks")
        .addObject()
        .put("type", "command")
        .put("command", main + "hook " + HookEvent.PERMISSION.word())
        .put("timeout", HookEvent.PERMISSION.timeoutSeconds());
    return settings;
  }

  /// What its user types.
  void prompt(String text) throws IOException {
    ObjectNode line = Wire.mapper().createObjectNode().put("type", "user");
    line.putObject("message").put("role", "user").put("content", text);
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /// What it printed, for a failure's message.
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// By which this session can be resumed.
  String sessionId() {
    Matcher id = SESSION_ID.matcher(output());
    if (!id.find()) {
      throw new AssertionError("no session id in " + output());
    }
    return id.group(1);
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
