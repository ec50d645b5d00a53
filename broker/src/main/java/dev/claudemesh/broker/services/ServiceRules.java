package dev.claudemesh.broker.services;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.services.ServiceRequest.Call;
import dev.claudemesh.protocol.services.ServiceRequest.Register;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Who may lend what, who may call it, and for how long a call is waited for. Pure.
final class ServiceRules {
  /// Of each description in a list of all servers.
  private static final int LISTED_CHARACTERS = 200;

  private static final int LISTED_TOOLS = 20;
  private static final Pattern GAPS = Pattern.compile("[\\s\\p{Cntrl}]+");
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private ServiceRules() {}

  /// @throws Problem `invalid_request` or `limit`
  static void checkRegistration(Register register, Peer host, LimitsConfig.Services limits) {
    if (host.purpose() != Purpose.SESSION && host.purpose() != Purpose.HOST) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "A command ends before anybody could call it; register from a session, or run claudemesh"
              + " mcp host");
    }
    if (register.serverName().isBlank() || UNPRINTABLE.matcher(register.serverName()).find()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "\"serverName\" must be a name that can be typed");
    }
    Set<String> names = new HashSet<>();
    for (ToolOffer tool : register.tools()) {
      if (!names.add(tool.name())) {
        throw new Problem(ProblemCode.INVALID_REQUEST, "\"tools\" names two tools alike");
      }
    }
    int bytes = bytes(Wire.mapper().valueToTree(register));
    if (bytes > limits.registrationBytes()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "The tools' descriptions and schemas are "
              + bytes
              + " bytes; at most "
              + limits.registrationBytes()
              + " are kept of one server");
    }
  }

  /// Whether others should hear of a registration: not of one that a host repeats because its
  /// connection was lost.
  static boolean isNews(Optional<HostedServer> before, HostedServer now) {
    return before
        .filter(known ->
            known.offlineSince().isEmpty()
                && known.host().address().equals(now.host().address())
                && known.description().equals(now.description())
                && known.tools().equals(now.tools()))
        .isEmpty();
  }

  /// Whether a server that lost its host is served by somebody who came: the same session, or
  /// another of the member's if its client makes a new key at each start. A client that keeps its
  /// key comes back by it, and the member's other sessions know nothing of the server.
  static boolean comesHome(HostedServer server, Peer peer) {
    if (peer.purpose() != Purpose.SESSION && peer.purpose() != Purpose.HOST) {
      return false;
    }
    return server.host().address().equals(peer.address().hex())
        || server.offlineSince().isPresent() && !peer.can(Capability.RESUME);
  }

  /// @throws Problem `forbidden`
  static void checkRemoval(HostedServer server, Member by) {
    if (!server.memberId().equals(by.id()) && !by.admin() && !by.owner()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only the member who hosts it, or an admin, can take it off");
    }
  }

  /// @throws Problem `not_found`
  static void checkTool(HostedServer server, String toolName) {
    if (server.tools().stream().noneMatch(tool -> tool.name().equals(toolName))) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "MCP server \""
              + server.name()
              + "\" has no tool of this name; it has "
              + server.tools().stream()
                  .map(ToolOffer::name)
                  .limit(LISTED_TOOLS)
                  .collect(Collectors.joining(", ")));
    }
  }

  /// The owner of the tools decides who calls them; their own sessions always may.
  ///
  /// @throws Problem `blocked` naming what the owner types
  static void checkGrant(Member owner, Member caller) {
    if (!owner.lets(caller, Grant.TOOLS)) {
      throw new Problem(
          ProblemCode.BLOCKED,
          owner.displayName()
              + " does not lend you tools. They allow it by: claudemesh grant "
              + word(caller.displayName())
              + " tools");
    }
  }

  /// @throws Problem `invalid_request` or `too_large`
  static void checkCall(Call call, LimitsConfig.Services limits) {
    if (call.args().filter(args -> !args.isObject()).isPresent()) {
      throw new Problem(ProblemCode.INVALID_REQUEST, "mcp_call: \"args\" must be an object");
    }
    if (call.progress().orElse(false) && call.callId().isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "mcp_call: \"callId\" is required to hear of progress");
    }
    checkSize("arguments", size(call.args(), call.ciphertext()), limits.argumentBytes());
  }

  /// @throws Problem `too_large`
  static void checkResult(
      Optional<JsonNode> result, Optional<String> ciphertext, LimitsConfig.Services limits) {
    checkSize("result", size(result, ciphertext), limits.resultBytes());
  }

  private static void checkSize(String what, int bytes, int limit) {
    if (bytes > limit) {
      throw new Problem(
          ProblemCode.TOO_LARGE,
          "The " + what + " of the call: " + bytes + " bytes; at most " + limit + " are carried");
    }
  }

  /// How long an answer, or progress, is waited for.
  static Duration patience(Call call, LimitsConfig.Services limits) {
    return call.timeoutMs().map(Duration::ofMillis).orElse(limits.patience());
  }

  /// When a call ends that was heard of now: progress gives it time again, but not for ever.
  static Instant deadline(
      Instant begun, Instant now, Duration patience, LimitsConfig.Services limits) {
    Instant next = now.plus(patience);
    Instant last = begun.plus(limits.longest());
    return next.isBefore(last) ? next : last;
  }

  /// The text that clients of the first protocol know.
  static String timedOut(Duration patience) {
    return "MCP call timed out (" + patience.toSeconds() + "s)";
  }

  static Problem notFound(String name) {
    return new Problem(ProblemCode.NOT_FOUND, "MCP server \"" + name + "\" not found in mesh");
  }

  static Problem offline(HostedServer server) {
    return new Problem(
        ProblemCode.OFFLINE,
        "MCP server \""
            + server.name()
            + "\" is offline: "
            + server.host().name()
            + ", who hosts it, is away");
  }

  /// A tool as a list shows it: in full only to who asked for its server.
  static ServiceReply.Tool listed(ToolOffer tool, boolean full) {
    String description = tool.description().orElse("");
    return new ServiceReply.Tool(
        tool.name(),
        full ? description : beginning(description),
        full ? tool.inputSchema() : Optional.empty());
  }

  private static String beginning(String text) {
    String line = GAPS.matcher(text).replaceAll(" ").strip();
    return line.length() <= LISTED_CHARACTERS
        ? line
        : line.substring(
                0,
                Character.isHighSurrogate(line.charAt(LISTED_CHARACTERS - 2))
                    ? LISTED_CHARACTERS - 2
                    : LISTED_CHARACTERS - 1)
            + "…";
  }

  private static int size(Optional<JsonNode> plain, Optional<String> ciphertext) {
    return ciphertext.map(String::length).orElse(0) + plain.map(ServiceRules::bytes).orElse(0);
  }

  private static int bytes(JsonNode json) {
    return Wire.mapper().writeValueAsBytes(json).length;
  }

  /// As a word of a command line.
  private static String word(String name) {
    return name.matches("[\\p{L}\\p{N}._-]+") ? name : "\"" + name.replace("\"", "") + "\"";
  }
}
