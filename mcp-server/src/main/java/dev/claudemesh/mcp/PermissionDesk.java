package dev.claudemesh.mcp;

import dev.claudemesh.mcp.approvals.OpenQuestions;
import dev.claudemesh.mcp.approvals.OpenQuestions.Decision;
import dev.claudemesh.mcp.approvals.PermissionQuestion;
import dev.claudemesh.mcp.approvals.SessionRule;
import dev.claudemesh.mcp.approvals.Verdict;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Answered;
import dev.claudemesh.protocol.approvals.ApprovalOutcome;
import dev.claudemesh.protocol.approvals.ApprovalReply.Passed;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Ask;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Settle;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks the people whom the user named, on every mesh this session is on, whether a tool may be
/// used. Whatever goes wrong ends in silence, and Claude Code asks its own user as ever.
final class PermissionDesk {
  private static final Logger log = LoggerFactory.getLogger(PermissionDesk.class);

  /// How long it may take to learn whether anybody is there.
  private static final Duration REACH = Duration.ofSeconds(2);

  /// Largest input that is shown to others, in bytes of JSON.
  static final int MOST_INPUT = 200_000;

  private static final int ID_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Supplier<List<? extends Mesh>> meshes;
  private final Asker asker;
  private final InstantSource clock;
  private final OpenQuestions questions = new OpenQuestions();
  private final Map<String, CompletableFuture<Settled>> waiting = new ConcurrentHashMap<>();

  /// One mesh, as far as it matters here.
  interface Mesh {
    String meshId();

    SecretKey memberKey();

    /// Whom the user lets decide, as it is now.
    List<PublicKey> approvers();

    boolean connected();

    /// The same, but a connection that is just being made is waited for a moment.
    boolean reached();

    CompletableFuture<Passed> pass(ApprovalRequest<Passed> request);
  }

  /// What those who are asked are told of the session.
  ///
  /// @param patience how long an answer is waited for
  record Asker(String session, String folder, String host, Duration patience) {}

  /// How a question ended: by a decision, or because nobody can be reached any more.
  private record Settled(Optional<Decision> decision, String name) {}

  PermissionDesk(Supplier<List<? extends Mesh>> meshes, Asker asker, InstantSource clock) {
    this.meshes = meshes;
    this.asker = asker;
    this.clock = clock;
  }

  /// How long an answer is waited for, from `CLAUDEMESH_APPROVAL_SECONDS`: 60, at most 600.
  static Duration patience(Map<String, String> environment) {
    String said = environment.getOrDefault("CLAUDEMESH_APPROVAL_SECONDS", "").strip();
    if (said.matches("\\d{1,9}")) {
      return Duration.ofSeconds(
          Math.clamp(Integer.parseInt(said), 1, ApprovalRequest.MOST_SECONDS));
    }
    if (!said.isEmpty()) {
      log.warn("CLAUDEMESH_APPROVAL_SECONDS is no number of seconds; 60 it is");
    }
    return Duration.ofSeconds(60);
  }

  /// What the hook prints; nothing where the user is to be asked here, as ever.
  ///
  /// @param hook what the hook was given
  /// @param gone done when Claude Code does not wait any more
  ObjectNode decide(JsonNode hook, CompletableFuture<Void> gone) {
    List<? extends Mesh> asked =
        meshes.get().stream()
            .filter(mesh -> !mesh.approvers().isEmpty() && mesh.reached())
            .toList();
    if (asked.isEmpty()) {
      return Wire.mapper().createObjectNode();
    }
    JsonNode input = hook.path("tool_input");
    String tool = hook.path("tool_name").asString("");
    if (tool.isEmpty()
        || input.toString().getBytes(StandardCharsets.UTF_8).length > MOST_INPUT
        || hook.path("cwd").asString("").length() > MOST_INPUT / 10) {
      return message("the input is too large to show to others; decide here");
    }
    PermissionQuestion question = question(hook, tool, input);
    String text = question.text();
    if (!questions.open(question, PermissionQuestion.digest(text), clock.instant())) {
      return message("too many requests were sent to others just now; decide here");
    }
    CompletableFuture<Settled> settled = new CompletableFuture<>();
    waiting.put(question.id(), settled);
    try {
      return ask(asked, question, text, settled, gone);
    } finally {
      waiting.remove(question.id());
      questions.close(question.id());
    }
  }

  private PermissionQuestion question(JsonNode hook, String tool, JsonNode input) {
    byte[] id = new byte[ID_BYTES];
    RANDOM.nextBytes(id);
    return new PermissionQuestion(
        HexFormat.of().formatHex(id),
        tool,
        input,
        SessionRule.of(hook),
        asker.session(),
        hook.path("cwd").asString(asker.folder()),
        asker.host(),
        clock.instant(),
        (int) asker.patience().toSeconds());
  }

  private ObjectNode ask(
      List<? extends Mesh> asked,
      PermissionQuestion question,
      String text,
      CompletableFuture<Settled> settled,
      CompletableFuture<Void> gone) {
    int reached = send(asked, question, text);
    if (reached == 0) {
      return Wire.mapper().createObjectNode();
    }
    Settled end = await(settled, gone);
    Optional<Decision> decision = end.decision();
    Settle settle =
        new Settle(
            question.id(), outcome(decision, gone.isDone()), decision.map(one -> one.by().hex()));
    asked.forEach(mesh -> mesh.pass(settle).exceptionally(away -> new Passed(0)));
    return decision
        .map(one -> output(question, one, end.name()))
        .orElseGet(
            () -> message("nobody answered within " + question.seconds() + " s; decide here"));
  }

  private static ApprovalOutcome outcome(Optional<Decision> decision, boolean gone) {
    return decision
        .map(
            one -> one.verdict() == Verdict.DENY ? ApprovalOutcome.DENIED : ApprovalOutcome.ALLOWED)
        .orElse(gone ? ApprovalOutcome.WITHDRAWN : ApprovalOutcome.EXPIRED);
  }

  /// @return how many terminals it went to
  private int send(List<? extends Mesh> asked, PermissionQuestion question, String text) {
    List<CompletableFuture<Passed>> passing = new ArrayList<>();
    for (Mesh mesh : asked) {
      for (PublicKey approver : mesh.approvers()) {
        questions.asked(question.id(), mesh.meshId(), approver);
        try {
          Boxed box = Keys.box(text, approver, mesh.memberKey());
          passing.add(
              mesh.pass(
                  new Ask(
                      question.id(),
                      approver.hex(),
                      question.seconds(),
                      box.nonce(),
                      box.ciphertext())));
        } catch (Problem unusable) {
          log.warn("{} cannot be asked: {}", approver.brief(), unusable.getMessage());
        }
      }
    }
    return passing.stream()
        .map(one ->
            one.orTimeout(REACH.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(PermissionDesk::notReached))
        .toList()
        .stream()
        .mapToInt(one -> one.join().reached())
        .sum();
  }

  private static Passed notReached(Throwable why) {
    log.info("a request for a permission was not passed on: {}", why.toString());
    return new Passed(0);
  }

  private Settled await(CompletableFuture<Settled> settled, CompletableFuture<Void> gone) {
    CompletableFuture.anyOf(settled, gone)
        .orTimeout(asker.patience().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(late -> null)
        .join();
    settled.complete(new Settled(Optional.empty(), "")); // an answer from now on is too late
    return settled.join();
  }

  /// A broker tells something.
  void heard(Mesh mesh, Event event) {
    if (event instanceof Answered answer) {
      answered(mesh, answer);
    }
  }

  /// A broker says that a member answered.
  private void answered(Mesh mesh, Answered event) {
    questions
        .answered(
            mesh.meshId(),
            event,
            mesh.memberKey(),
            member -> mesh.approvers().contains(member),
            clock.instant())
        .ifPresentOrElse(
            decision ->
                Optional.ofNullable(waiting.get(decision.id()))
                    .ifPresent(
                        one -> one.complete(new Settled(Optional.of(decision), event.fromName()))),
            () -> log.warn("an answer to a request for a permission does not count"));
  }

  /// A connection was lost, and with it what was asked on it; where it was the only one, the user
  /// is asked here at once.
  void lost() {
    if (meshes.get().stream().noneMatch(Mesh::connected)) {
      waiting.values().forEach(one -> one.complete(new Settled(Optional.empty(), "")));
    }
  }

  private static ObjectNode output(PermissionQuestion question, Decision decision, String name) {
    String who = PeerText.attribute(name) + " (key " + decision.by().brief() + ")";
    String reason =
        decision.reason().map(PeerText::line).filter(text -> !text.isEmpty()).orElse("");
    boolean session = decision.verdict() == Verdict.ALLOW_SESSION && !question.rules().isEmpty();
    ObjectNode output = Wire.mapper().createObjectNode();
    ObjectNode decided =
        output
            .putObject("hookSpecificOutput")
            .put("hookEventName", HookEvent.PERMISSION.claudeName())
            .putObject("decision");
    String tool = PeerText.attribute(question.tool());
    if (decision.verdict() == Verdict.DENY) {
      String because = reason.isEmpty() ? "" : ": \"" + reason + "\"";
      decided
          .put("behavior", "deny")
          .put(
              "message",
              "Denied over claudemesh by " + who + ", whom the user lets decide" + because);
      return output.put("systemMessage", "claudemesh: " + who + " denied " + tool + because);
    }
    decided.put("behavior", "allow");
    if (session) {
      decided.set("updatedPermissions", SessionRule.updates(question.rules()));
    }
    return output.put(
        "systemMessage",
        "claudemesh: " + who + " allowed " + tool + (session ? " for this session" : ""));
  }

  private static ObjectNode message(String text) {
    return Wire.mapper().createObjectNode().put("systemMessage", "claudemesh: " + text);
  }
}
