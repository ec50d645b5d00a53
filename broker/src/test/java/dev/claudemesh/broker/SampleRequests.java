package dev.claudemesh.broker;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Field;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A well-formed request of every operation, made from its golden file: with the ids of things that
/// are there in one mesh, wherever a field's name says so.
///
/// A field `thingId` is looked up in the table `thing` or `thing_something`, any other id in that
/// of its room; where that is not how it is, it stands in {@link #PLACES} or in {@link #OWN}.
final class SampleRequests {
  /// Where things are that are not in a table of their name.
  private static final Map<String, String> PLACES =
      Map.ofEntries(
          Map.entry("brokerMessageId", "select id from mesh.message where mesh_id = ?"),
          Map.entry("brokerMessageIds", "select id from mesh.message where mesh_id = ?"),
          Map.entry("messageIds", "select id from mesh.message where mesh_id = ?"),
          Map.entry("replyToId", "select id from mesh.message where mesh_id = ?"),
          Map.entry(
              "clientMessageId", "select client_message_id from mesh.message where mesh_id = ?"),
          Map.entry("meshId", "select id from mesh.mesh where id = ?"),
          Map.entry(
              "parentMemberId", "select id from mesh.member where mesh_id = ? and role = 'member'"),
          Map.entry("memberId", "select id from mesh.member where mesh_id = ? and role = 'member'"),
          Map.entry(
              "member_id", "select id from mesh.member where mesh_id = ? and role = 'member'"),
          Map.entry("target", "select id from mesh.member where mesh_id = ? and role = 'member'"),
          Map.entry(
              "memberPubkey",
              "select peer_pubkey from mesh.member where mesh_id = ? and role = 'member'"),
          Map.entry("code", "select code from mesh.invite where mesh_id = ?"));

  /// Ids that the caller makes, or that name nothing a mesh keeps.
  private static final Set<String> OWN =
      Set.of(
          "id",
          "client_message_id",
          "invite_id",
          "mesh_id",
          "user_id",
          "sessionId",
          "session_id",
          "callId",
          "approvalId");

  private final DSLContext dsl;
  private final String meshId;
  private final Map<String, Optional<String>> found = new HashMap<>();

  /// @param meshId whose things the requests are about
  SampleRequests(DSLContext dsl, String meshId) {
    this.dsl = dsl;
    this.meshId = meshId;
  }

  /// The golden request as it is.
  static ObjectNode golden(Catalog.Op op) {
    Path file =
        Path.of(
            System.getProperty("claudemesh.root"),
            "protocol/src/test/resources/golden",
            op.room(),
            "requests",
            op.type() + ".json");
    try {
      return Wire.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("No golden file of " + op.type() + ": update GoldenTest", e);
    }
  }

  /// The golden request with only what must be there.
  static ObjectNode bare(Catalog.Op op) {
    ObjectNode frame = golden(op);
    Field.of(op.record()).stream()
        .filter(field -> !field.required())
        .forEach(field -> frame.remove(field.name()));
    return frame;
  }

  /// The golden request, about this mesh's things.
  ObjectNode about(Catalog.Op op) {
    ObjectNode frame = golden(op);
    for (Field field : Field.of(op.record())) {
      JsonNode value = frame.get(field.name());
      if (value != null && isName(field)) {
        place(op, field)
            .ifPresent(id -> {
              if (value instanceof ArrayNode list) {
                list.removeAll().add(id);
              } else {
                frame.put(field.name(), id);
              }
            });
      }
    }
    return frame;
  }

  private static boolean isName(Field field) {
    String name = field.name();
    return !OWN.contains(name)
        && (PLACES.containsKey(name)
            || field.isId()
            || name.endsWith("Id")
            || name.endsWith("Ids")
            || name.endsWith("_id"));
  }

  private Optional<String> place(Catalog.Op op, Field field) {
    return found.computeIfAbsent(
        field.name(),
        name -> {
          String sql =
              Optional.ofNullable(PLACES.get(name))
                  .orElseGet(() -> "select id from mesh." + table(op, name) + " where mesh_id = ?");
          return Optional.ofNullable(
              dsl.fetchValue(sql + " limit 1", meshId) instanceof String id ? id : null);
        });
  }

  private String table(Catalog.Op op, String name) {
    String thing =
        name.replaceAll("(Ids?|_id)$", "")
            .replaceAll("(?<=[a-z])([A-Z])", "_$1")
            .toLowerCase(Locale.ROOT);
    List<String> tables = tables(thing);
    if (tables.isEmpty()) {
      tables = tables(op.room().replaceAll("s$", ""));
    }
    if (tables.isEmpty()) {
      throw new AssertionError(
          op.type()
              + " has a field \""
              + name
              + "\", and there is no table \""
              + thing
              + "\" or of its room: say in SampleRequests.PLACES where such a thing is, or in OWN that the caller"
              + " makes it");
    }
    return tables.getFirst();
  }

  private List<String> tables(String thing) {
    return dsl.fetch(
            "select table_name from information_schema.columns where table_schema = 'mesh' and"
                + " column_name = 'id' and table_name like ? order by length(table_name)",
            thing + "%")
        .getValues(0, String.class);
  }
}
