package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One run of `claudemesh hook <event>`: tells the session's MCP process what happened and prints
/// what it answers. Where there is no such process, tells the brokers.
///
/// Stands in the way of a prompt, so it is silent and quick: trouble of any kind prints nothing and
/// never fails the prompt.
public final class Hook {
  private static final int MAX_INPUT = 256 << 10;
  private static final int MAX_ANSWER = 64 << 10;
  private static final int CONNECT_MILLIS = 1_500;

  private final Map<String, String> environment;
  private final ConfigFolder folder;

  public Hook(Map<String, String> environment, ConfigFolder folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /// Handles one event.
  ///
  /// @param in what Claude Code says about it, JSON
  /// @param out where the answer goes, as Claude Code reads it
  public void run(String word, InputStream in, PrintStream out) {
    Optional<HookEvent> event = HookEvent.of(word);
    if (event.isEmpty()) {
      return;
    }
    JsonNode input = read(in);
    Optional<String> session = sessionId(input, environment);
    if (session.isEmpty()) {
      return;
    }
    String sessionId = session.get();
    try {
      String answer = askDesk(desk(sessionId), event.get(), input);
      if (!answer.equals("{}")) {
        out.println(answer);
      }
    } catch (IOException | JacksonException e) {
      event.get().status().ifPresent(status -> tellBrokers(status, sessionId, input));
    }
  }

  /// Which session a program is run for that Claude Code starts; empty if it does not say.
  ///
  /// @param input what Claude Code gave it
  public static Optional<String> sessionId(JsonNode input, Map<String, String> environment) {
    return Optional.of(
            input
                .path("session_id")
                .asString(environment.getOrDefault("CLAUDE_CODE_SESSION_ID", "")))
        .filter(ClaudeSession::isId);
  }

  /// What Claude Code gives to a program that it starts; an empty object if that is nothing
  /// readable.
  public static JsonNode read(InputStream in) {
    try {
      byte[] bytes = in.readNBytes(MAX_INPUT);
      return bytes.length == 0 ? Wire.mapper().createObjectNode() : Wire.mapper().readTree(bytes);
    } catch (IOException | JacksonException e) {
      return Wire.mapper().createObjectNode();
    }
  }

  /// A conversation that began with `/clear` is not known by its name yet.
  private Path desk(String sessionId) {
    Path own = HookDesk.file(folder.path(), sessionId);
    String claude = environment.getOrDefault("CLAUDE_PID", "");
    return Files.exists(own) || !claude.matches("\\d{1,18}")
        ? own
        : HookDesk.file(folder.path(), HookDesk.named(Long.parseLong(claude)));
  }

  private static String askDesk(Path file, HookEvent event, JsonNode input) throws IOException {
    JsonNode desk = Wire.mapper().readTree(Files.readString(file));
    ObjectNode request = Wire.mapper().createObjectNode();
    request
        .put("token", desk.path("token").asString(""))
        .put("event", event.word())
        .set("input", input);
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), desk.path("port").asInt(0)),
          CONNECT_MILLIS);
      socket.setSoTimeout((int) event.patience().toMillis());
      socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return BoundedLine.read(
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)),
          MAX_ANSWER);
    }
  }

  private void tellBrokers(Status status, String sessionId, JsonNode input) {
    for (URI broker : brokers()) {
      try (BrokerHttp http = new BrokerHttp(broker)) {
        http.call(
            new PresenceRequest.HookSetStatus(
                Optional.of(
                    input.path("cwd").asString(environment.getOrDefault("CLAUDE_PROJECT_DIR", ""))),
                Optional.of(status),
                ProcessHandle.current().parent().map(ProcessHandle::pid),
                Optional.of(sessionId),
                Optional.empty(),
                Optional.empty()),
            Optional.empty(),
            Map.of());
      } catch (Problem e) {
        // A broker that is away learns the status from the next hook.
      }
    }
  }

  private List<URI> brokers() {
    try {
      return folder.config(warning -> {}).read().memberships().stream()
          .map(Membership::brokerUrl)
          .distinct()
          .toList();
    } catch (Problem e) {
      return List.of();
    }
  }
}
