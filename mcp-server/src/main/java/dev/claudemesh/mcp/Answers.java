package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.memory.MemoryReply;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.presence.PresenceReply;
import dev.claudemesh.protocol.schedule.ScheduleReply;
import dev.claudemesh.protocol.services.ServiceReply;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// What the model reads of a reply: as short as it can be, with other people's words made harmless.
final class Answers {
  private Answers() {}

  /// @param several whether answers of other meshes stand beside it
  static String text(Catalog.Op op, Reply reply, MeshLink link, boolean several) {
    String answer =
        switch (reply) {
          case PresenceReply.PeersList list ->
              peers(list.peers(), link.client().identity().address().hex());
          case MessageReply.StatusResult result -> status(result);
          case MeshReply.InfoResult info -> info(info);
          case ServiceReply.Servers lent -> servers(lent.servers());
          case MemoryReply.Results results -> memories(results);
          case ScheduleReply.Listed list -> scheduled(list, names(list, link));
          case ScheduleReply.Cancelled cancelled ->
              cancelled.ok()
                  ? "Cancelled."
                  : "Nothing to cancel: it was sent or cancelled before, or it is not yours.";
          case MessageReply.Ack ack -> "Done.";
          case Reply other -> ReplyText.of(other);
        };
    return several ? "[" + PeerText.attribute(link.slug()) + "]\n" + answer : answer;
  }

  private static String peers(List<PresenceReply.Peer> peers, String self) {
    List<String> lines =
        peers.stream().filter(peer -> !peer.pubkey().equals(self)).map(Answers::peer).toList();
    return lines.isEmpty()
        ? "Nobody else is here. Members that are away get messages when they come back;"
            + " send_message takes their names too."
        : String.join("\n", lines);
  }

  private static String peer(PresenceReply.Peer peer) {
    String groups = groups(peer.groups());
    return PeerText.attribute(peer.displayName())
        + " ("
        + peer.pubkey().substring(0, 8)
        + ") "
        + word(peer.status())
        + (peer.connected().orElse(true) ? "" : ", connection lost")
        + peer.summary()
            .filter(text -> !text.isBlank())
            .map(text -> " – " + PeerText.attribute(text))
            .orElse("")
        + (groups.isEmpty() ? "" : " " + groups)
        + peer.hostname().map(host -> " on " + PeerText.attribute(host)).orElse("")
        + peer.profile()
            .flatMap(PresenceReply.Profile::title)
            .map(title -> ", " + PeerText.attribute(title))
            .orElse("");
  }

  private static String groups(List<GroupRole> groups) {
    return groups.stream()
        .map(group ->
            "@"
                + PeerText.attribute(group.name())
                + group.role().map(role -> ":" + PeerText.attribute(role)).orElse(""))
        .collect(Collectors.joining(" "));
  }

  /// Texts stand deeper than what is told of them, so that none can pose as another memory.
  private static String memories(MemoryReply.Results results) {
    String memories =
        results.memories().stream().map(Answers::memory).collect(Collectors.joining("\n"));
    return (memories.isEmpty() ? "Nothing was found." : memories)
        + (results.more().orElse(false) ? "\nThere are more; narrower words find them." : "");
  }

  private static String memory(MemoryReply.Memory memory) {
    return "- "
        + memory.id()
        + " by "
        + PeerText.attribute(memory.rememberedBy())
        + " at "
        + memory.rememberedAt().truncatedTo(ChronoUnit.SECONDS)
        + memory.tags().stream()
            .map(tag -> " #" + PeerText.attribute(tag))
            .collect(Collectors.joining())
        + "\n    "
        + PeerText.body(memory.content()).replace("\n", "\n    ");
  }

  /// Asked for only where there is a key to be named.
  private static UnaryOperator<String> names(ScheduleReply.Listed list, MeshLink link) {
    return list.messages().stream().allMatch(entry -> isMany(entry.to()))
        ? UnaryOperator.identity()
        : link.targets()::label;
  }

  private static boolean isMany(String spec) {
    return spec.startsWith("@") || spec.equals("*");
  }

  static String scheduled(ScheduleReply.Listed list, UnaryOperator<String> names) {
    String entries =
        list.messages().stream()
            .map(entry -> scheduled(entry, names.apply(entry.to())))
            .collect(Collectors.joining("\n"));
    return (entries.isEmpty() ? "Nothing is scheduled." : entries)
        + list.next()
            .map(next -> "\nThere are more: ask again with after " + PeerText.attribute(next))
            .orElse("");
  }

  private static String scheduled(ScheduleReply.Entry entry, String to) {
    return "- "
        + entry.id()
        + " to "
        + PeerText.attribute(to)
        + entry.nextAt().map(at -> " at " + at.truncatedTo(ChronoUnit.SECONDS)).orElse(", ended")
        + entry
            .cron()
            .map(cron ->
                ", repeated by "
                    + PeerText.attribute(cron)
                    + entry
                        .timezone()
                        .map(zone -> " (" + PeerText.attribute(zone) + ")")
                        .orElse(""))
            .orElse("")
        + entry.firedCount().filter(sent -> sent > 0).map(sent -> ", sent " + sent + "x").orElse("")
        + entry.missed().map(missed -> ", missed " + missed).orElse("")
        + entry.problem().map(why -> ", not sent: " + PeerText.attribute(why)).orElse("")
        + "\n    "
        + (entry.ownCopy().isPresent()
            ? "(its text does not open with your key)"
            : PeerText.body(entry.message()).replace("\n", "\n    "));
  }

  private static String status(MessageReply.StatusResult result) {
    String recipients =
        result.recipients().stream()
            .map(recipient ->
                PeerText.attribute(recipient.name())
                    + ": "
                    + word(recipient.state())
                    + recipient
                        .reason()
                        .filter(reason -> recipient.state() != DeliveryStatus.SEEN)
                        .map(reason -> " (" + reason + ")")
                        .orElse("")
                    + recipient.at().map(at -> " at " + at).orElse(""))
            .collect(Collectors.joining("\n"));
    return "Message "
        + result.messageId()
        + " to "
        + PeerText.attribute(result.targetSpec())
        + "\n"
        + recipients;
  }

  private static String info(MeshReply.InfoResult info) {
    return info.name().map(PeerText::attribute).orElse(info.mesh())
        + ": "
        + info.peers()
        + " peers here"
        + info.members().map(members -> " of " + members + " members").orElse("")
        + (info.groups().isEmpty()
            ? ""
            : "; groups "
                + info.groups().stream().map(PeerText::attribute).collect(Collectors.joining(" ")))
        + "; you are "
        + PeerText.attribute(info.yourName())
        + (info.yourGroups().isEmpty()
            ? ""
            : " in "
                + info.yourGroups().stream()
                    .map(PeerText::attribute)
                    .collect(Collectors.joining(" ")))
        + info.epoch().map(epoch -> "; key epoch " + epoch).orElse("")
        + warning(info.encryption(), "compat", "; group messages of old clients are NOT encrypted")
        + warning(info.custody(), "broker", "; the broker knows the mesh key");
  }

  private static String servers(List<ServiceReply.Server> servers) {
    return servers.isEmpty()
        ? "Nobody lends tools here."
        : servers.stream().map(Answers::server).collect(Collectors.joining("\n"));
  }

  private static String server(ServiceReply.Server server) {
    String tools =
        server.tools().stream()
            .map(tool ->
                "\n  "
                    + PeerText.attribute(tool.name())
                    + tool.inputSchema()
                        .map(schema -> " " + PeerText.body(schema.toString()))
                        .orElse("")
                    + (tool.description().isBlank()
                        ? ""
                        : ": " + PeerText.body(tool.description()).replace("\n", "\n    ")))
            .collect(Collectors.joining());
    return PeerText.attribute(server.name())
        + " (of "
        + PeerText.attribute(server.hostedBy())
        + (server.online() ? "" : ", offline")
        + ") "
        + PeerText.body(server.description()).replace("\n", "\n    ")
        + tools;
  }

  private static String warning(Optional<String> value, String bad, String text) {
    return value.filter(bad::equals).map(found -> text).orElse("");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
