package dev.claudemesh.broker;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes frames that must be refused, each with the codes that may say so.
final class FuzzFrames {
  private final RandomGenerator random;
  private final List<ObjectNode> samples = new ArrayList<>();

  /// One message.
  ///
  /// @param expected the error codes of which one must come; `ack` where an answer without effect
  ///   is what the protocol says
  record Attack(String what, byte[] message, Set<String> expected) {}

  FuzzFrames(RandomGenerator random) {
    this.random = random;
    for (Catalog.Op op : Catalog.operations()) {
      if (op.onSocket()) {
        samples.add(sample(op));
      }
    }
  }

  private static ObjectNode sample(Catalog.Op op) {
    String path = "/golden/" + op.room() + "/requests/" + op.type() + ".json";
    try (InputStream in = FuzzFrames.class.getResourceAsStream(path)) {
      return Wire.parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A frame that no decoder may accept.
  Attack undecodable() {
    return switch (random.nextInt(5)) {
      case 0 -> garbage();
      case 1 -> cut();
      case 2 -> unknownType();
      case 3 -> randomJson();
      default -> wrongField();
    };
  }

  private Attack garbage() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(200); i > 0; i--) {
      text.appendCodePoint(
          random.nextInt(4) == 0 ? 0xa0 + random.nextInt(0x500) : random.nextInt(0x80));
    }
    // Whatever it is, it is no object.
    return attack("garbage", "]" + text, "malformed");
  }

  /// A prefix of an object is never one.
  private Attack cut() {
    String whole = new String(bytes(pick(samples)), StandardCharsets.UTF_8);
    return attack("cut", whole.substring(0, random.nextInt(whole.length())), "malformed");
  }

  private Attack unknownType() {
    ObjectNode frame = pick(samples).deepCopy();
    switch (random.nextInt(4)) {
      case 0 -> frame.remove("type");
      case 1 -> frame.set("type", value(2));
      case 2 -> frame.put("type", frame.path("type").asString().toUpperCase(Locale.ROOT));
      default ->
          frame.put(
              "type",
              pick(
                  List.of(
                      "",
                      "error",
                      "push",
                      "hello_ack",
                      "claim_invite",
                      "create_mesh",
                      "__proto__",
                      "x".repeat(500))));
    }
    return refused("unknown type", frame, "unknown_type", "malformed");
  }

  private Attack randomJson() {
    ObjectNode frame = Wire.mapper().createObjectNode();
    for (int i = random.nextInt(8); i > 0; i--) {
      frame.set(word(), value(3));
    }
    frame.put("type", word());
    return refused("random json", frame, "unknown_type");
  }

  private Attack wrongField() {
    while (true) {
      ObjectNode frame = pick(samples).deepCopy();
      List<String> names =
          frame.propertyNames().stream().filter(name -> !name.equals("type")).toList();
      if (!names.isEmpty()) {
        String field = pick(names);
        switch (random.nextInt(4)) {
          case 0 -> frame.remove(field);
          case 1 -> frame.putNull(field);
          case 2 -> frame.put(field, "x".repeat(random.nextInt(3) == 0 ? 40_000 : 5_000));
          default -> frame.set(field, value(3));
        }
        if (refusedByTheDecoder(frame)) {
          // A hello on an open connection is refused before it is looked at.
          return refused(
              "wrong field " + frame.path("type").asString() + "." + field,
              frame,
              "invalid_request",
              "already_authenticated");
        }
      }
    }
  }

  /// Whether it is wrong at all: an optional field may be left out.
  private static boolean refusedByTheDecoder(ObjectNode frame) {
    try {
      Wire.request(frame);
      return false;
    } catch (Problem refused) {
      return true;
    }
  }

  /// A member's request about things of a mesh they are no member of, or which do not exist.
  Attack aboutAnotherMesh(TestMember stranger, String messageId) {
    String id = random.nextInt(3) == 0 ? Ids.next() : messageId;
    return switch (random.nextInt(8)) {
      case 0 ->
          refused("message_status", object("message_status").put("messageId", id), "not_found");
      case 1 -> refused("send to a stranger", message(stranger.address()), "unknown_target");
      case 2 -> refused("send to a strange member", message(stranger.pubkey()), "unknown_target");
      case 3 ->
          refused(
              "update_member",
              object("update_member").put("memberId", stranger.id()).put("displayName", "gotcha"),
              "not_found",
              "forbidden");
      case 4 -> refused("seal_key", seal(stranger), "not_found", "bad_signature", "stale_epoch");
      case 5 ->
          refused(
              "client_ack",
              object("client_ack").put("brokerMessageId", id).put("_reqId", "x"),
              "ack");
      case 6 ->
          refused(
              "nack",
              object("nack").put("messageId", id).put("reason", "blocked").put("_reqId", "x"),
              "ack");
      default -> {
        ObjectNode seen = object("seen").put("_reqId", "x");
        seen.putArray("messageIds").add(id);
        yield refused("seen", seen, "ack");
      }
    };
  }

  /// What only an admin may do, about a fellow member.
  Attack forbidden(TestMember fellow) {
    return switch (random.nextInt(7)) {
      case 0 -> refused("ban", object("ban").put("target", fellow.pubkey()), "forbidden");
      case 1 -> refused("kick", object("kick").put("target", fellow.name()), "forbidden");
      case 2 -> refused("disconnect", object("disconnect").put("all", true), "forbidden");
      case 3 -> refused("rename_mesh", object("rename_mesh").put("name", "mine"), "forbidden");
      case 4 -> refused("delete_mesh", object("delete_mesh"), "forbidden");
      case 5 -> {
        ObjectNode set = object("set_permissions").put("member_id", fellow.id());
        set.putObject("permissions").put("canSend", false);
        yield refused("set_permissions", set, "forbidden");
      }
      default ->
          refused(
              "update_member",
              object("update_member").put("memberId", fellow.id()).put("displayName", "gotcha"),
              "forbidden");
    };
  }

  static ObjectNode message(String target) {
    return object("send")
        .put("targetSpec", target)
        .put("priority", "now")
        .put("nonce", "A".repeat(32))
        .put("ciphertext", "AAAA")
        .put("enc", "box");
  }

  private static ObjectNode seal(TestMember stranger) {
    return object("seal_key")
        .put("memberPubkey", stranger.pubkey())
        .put("epoch", 1)
        .put("sealedKey", "A".repeat(107))
        .put("signature", "0".repeat(128));
  }

  static ObjectNode object(String type) {
    return TestSocket.object(type);
  }

  /// A message in one to four pieces.
  List<byte[]> pieces(byte[] message) {
    int[] cuts = random.ints(random.nextInt(4), 0, message.length + 1).sorted().toArray();
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    for (int cut : cuts) {
      pieces.add(Arrays.copyOfRange(message, from, cut));
      from = cut;
    }
    pieces.add(Arrays.copyOfRange(message, from, message.length));
    return pieces;
  }

  JsonNode value(int depth) {
    var nodes = Wire.mapper().getNodeFactory();
    return switch (random.nextInt(depth == 0 ? 6 : 8)) {
      case 0 -> nodes.nullNode();
      case 1 -> nodes.booleanNode(random.nextBoolean());
      case 2 -> nodes.numberNode(random.nextLong());
      case 3 -> nodes.numberNode(random.nextDouble() * 1e300);
      case 4 -> nodes.stringNode(word());
      case 5 ->
          nodes.stringNode(
              pick(
                  List.of(
                      "",
                      "\u0000",
                      "'; drop table mesh.mesh; --",
                      "\ud83d\ude00",
                      "../../etc/passwd",
                      "\u202e",
                      "9".repeat(400))));
      case 6 -> {
        var array = nodes.arrayNode();
        for (int i = random.nextInt(5); i > 0; i--) {
          array.add(value(depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = nodes.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
          object.set(word(), value(depth - 1));
        }
        yield object;
      }
    };
  }

  private String word() {
    StringBuilder word = new StringBuilder("z");
    for (int i = random.nextInt(12); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static Attack refused(String what, ObjectNode frame, String... expected) {
    return new Attack(what, bytes(frame), Set.of(expected));
  }

  private static Attack attack(String what, String text, String... expected) {
    return new Attack(what, text.getBytes(StandardCharsets.UTF_8), Set.of(expected));
  }

  static byte[] bytes(ObjectNode frame) {
    return Wire.mapper().writeValueAsBytes(frame);
  }
}
