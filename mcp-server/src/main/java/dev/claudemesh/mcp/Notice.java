package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.claims.ClaimEvent;
import dev.claudemesh.protocol.client.News;
import dev.claudemesh.protocol.state.StateEvent;
import dev.claudemesh.protocol.streams.StreamEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// One line of what happened on a mesh beside messages. What this session asked for, or what is
/// addressed to it, is wanted; the rest goes by.
///
/// @param attributes for a channel notification: texts only, else Claude Code drops it
record Notice(String text, boolean wanted, Map<String, String> attributes) {
  private static final int LONGEST = 2_000;

  /// What another room told; empty for what is none of the session's business.
  static Optional<Notice> of(String mesh, Event event) {
    return switch (event) {
      case StateEvent.Change change -> Optional.of(state(mesh, change));
      case StreamEvent.Data data -> Optional.of(stream(mesh, data));
      case ClaimEvent.ClaimConflict conflict -> Optional.of(conflict(mesh, conflict));
      case Event other -> Optional.empty();
    };
  }

  /// News about the mesh.
  static Notice of(String mesh, News news) {
    String name = news.data().path("name").asString("");
    String text =
        switch (news.event()) {
          case "peer_joined" -> "Peer \"" + name + "\" joined the mesh";
          case "peer_returned" -> "Peer \"" + name + "\" is back on the mesh";
          case "peer_left" -> "Peer \"" + name + "\" left the mesh";
          case "tick" ->
              "tick "
                  + news.data().path("tick").asString("")
                  + " | sim time: "
                  + news.data().path("simTime").asString("")
                  + " | speed: x"
                  + news.data().path("speed").asString("");
          case "task_assigned" ->
              by(news) + " has a task for you: " + task(news) + "; claim_task takes it";
          case "task_claimed" -> by(news) + " took the task " + task(news);
          case "task_completed" -> by(news) + " finished the task " + task(news) + result(news);
          case "task_released" -> by(news) + " put back on the board the task " + task(news);
          case "task_cancelled" -> by(news) + " cancelled the task " + task(news);
          case "schedule_missed" ->
              "Your scheduled message "
                  + scheduled(news)
                  + " missed "
                  + news.data().path("missed").asString("")
                  + " runs while the broker was away; it goes on";
          case "schedule_failed" ->
              "Your scheduled message "
                  + scheduled(news)
                  + " was not sent: "
                  + news.data().path("reason").asString("");
          default -> news.event().replace('_', ' ') + " " + json(news.data());
        };
    return new Notice(
        line(mesh, news.event().equals("tick") ? "heartbeat" : "system", text),
        isForSomebody(news),
        Map.of(
            "kind", "system",
            "event", PeerText.attribute(news.event()),
            "mesh_slug", PeerText.attribute(mesh),
            "eventData", PeerText.body(json(news.data()))));
  }

  private static String by(News news) {
    return news.data().path("by").asString("somebody");
  }

  private static String task(News news) {
    return '"' + news.data().path("title").asString("") + "\" (id " + id(news) + ")";
  }

  private static String scheduled(News news) {
    return news.data().path("scheduledId").asString("");
  }

  private static String id(News news) {
    return news.data().path("id").asString("");
  }

  private static String result(News news) {
    String result = news.data().path("result").asString("");
    return result.isEmpty() ? "" : ": " + result;
  }

  /// The broker sends these to those they are about only.
  private static boolean isForSomebody(News news) {
    return news.event().startsWith("task_") || news.event().startsWith("schedule_");
  }

  private static Notice state(String mesh, StateEvent.Change change) {
    boolean deleted = change.deleted().orElse(false);
    String what = deleted ? " was deleted (by " : " = " + value(change.value()) + " (set by ";
    return new Notice(
        line(mesh, "state", change.key() + what + change.updatedBy() + ")"),
        false,
        Map.of(
            "kind", "state_change",
            "key", PeerText.attribute(change.key()),
            "updated_by", PeerText.attribute(change.updatedBy())));
  }

  private static Notice conflict(String mesh, ClaimEvent.ClaimConflict conflict) {
    String pairs =
        conflict.conflicts().stream()
            .map(one ->
                "\""
                    + one.name()
                    + "\" of "
                    + one.by()
                    + " claimed "
                    + one.theirs()
                    + ", which meets your claim on "
                    + one.yours()
                    + one.note().map(note -> " (" + note + ")").orElse(""))
            .collect(Collectors.joining("; "));
    return new Notice(
        line(mesh, "claims", pairs),
        true,
        Map.of("kind", "claim_conflict", "root", PeerText.attribute(conflict.root())));
  }

  private static Notice stream(String mesh, StreamEvent.Data data) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("kind", "stream_data");
    attributes.put("stream", PeerText.attribute(data.stream()));
    attributes.put("published_by", PeerText.attribute(data.publishedBy()));
    String missed = data.missed().map(count -> " (" + count + " missed before)").orElse("");
    return new Notice(
        line(
            mesh,
            "stream:" + data.stream(),
            "from " + data.publishedBy() + missed + ": " + value(data.data())),
        true,
        attributes);
  }

  /// Further lines of a text stand deeper, so that none can pose as another notice.
  private static String line(String mesh, String kind, String text) {
    String line =
        PeerText.line("[" + mesh + " " + kind + "] ")
            + " "
            + PeerText.body(text).replace("\n", "\n    ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }

  private static String value(JsonNode value) {
    return value.isString() ? value.stringValue() : json(value);
  }

  private static String json(JsonNode value) {
    return value.toString();
  }
}
