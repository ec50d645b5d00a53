package dev.claudemesh.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An example of every record of the wire, with each field set to something that looks like what it
/// holds. The same example every time.
final class Samples {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// What a text of this name looks like, whichever record it stands in.
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("broker_url", "ws://127.0.0.1:7900/ws"),
          Map.entry("url", "http://127.0.0.1:7900/i/ABCD2345"),
          Map.entry("code", "ABCD2345"),
          Map.entry("cwd", "/home/ada/project"),
          Map.entry("hostname", "ada-laptop"),
          Map.entry("model", "claude-opus"),
          Map.entry("peerType", "ai"),
          Map.entry("channel", "claude-code"),
          Map.entry("displayName", "Ada"),
          Map.entry("display_name", "Ada"),
          Map.entry("memberDisplayName", "Ada"),
          Map.entry("senderName", "Ada"),
          Map.entry("name", "Engine Room"),
          Map.entry("slug", "engine-room"),
          Map.entry("mesh_slug", "engine-room"),
          Map.entry("mesh_name", "Engine Room"),
          Map.entry("role", "member"),
          Map.entry("permission", "member"),
          Map.entry("roleTag", "backend"),
          Map.entry("messageMode", "push"),
          Map.entry("encryption", "e2e"),
          Map.entry("custody", "members"),
          Map.entry("key_status", "pending"),
          Map.entry("targetSpec", "@backend"),
          Map.entry("target", "Ada"),
          Map.entry("summary", "Repairing the engine"),
          Map.entry("lastSummary", "Repairing the engine"),
          Map.entry("reason", "blocked"),
          Map.entry("subtype", "system"),
          Map.entry("event", "peer_joined"),
          Map.entry("email", "ada@example.com"),
          Map.entry("avatar", "🤖"),
          Map.entry("title", "Reviewer"),
          Map.entry("bio", "Reads every change twice"),
          Map.entry("peerRole", "session"),
          Map.entry("canonical", "v=2|mesh|invite|1770000000|member|owner"),
          Map.entry("canonical_v2", "v=2|mesh|invite|1770000000|member|owner"),
          Map.entry("message", "What is wrong, and what to do"),
          Map.entry("error", "cwd and status required"),
          Map.entry(
              "request_fingerprint",
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
          Map.entry("banned", "Bob"),
          Map.entry("unbanned", "Bob"),
          Map.entry("deleted", "engine-room"),
          Map.entry("mesh", "c820f5e520a3543aafb59a68ae784309"),
          Map.entry("inviter", "Grace"),
          Map.entry("created_by", "Grace"),
          Map.entry("yourName", "Ada"),
          Map.entry("glob", "src/api/**"),
          Map.entry("yours", "src/**"),
          Map.entry("theirs", "src/api/**"),
          Map.entry("path", "src/api/Door.java"),
          Map.entry("note", "New routes"),
          Map.entry("root", "github.com/acme/engine"),
          Map.entry("by", "Bob"),
          Map.entry("assignee", "Bob"),
          Map.entry("claimedBy", "Bob"),
          Map.entry("result", "It runs again"),
          Map.entry("recipientName", "Bob"),
          Map.entry("description", "Where the engine is repaired"),
          Map.entry("template", "team"),
          Map.entry("key", "build/status"),
          Map.entry("prefix", "build/"),
          Map.entry("after", "build/status"),
          Map.entry("next", "build/status"),
          Map.entry("updatedBy", "Grace"),
          Map.entry("serverName", "github"),
          Map.entry("toolName", "list_issues"),
          Map.entry("hostedBy", "Ada"),
          Map.entry("callerName", "Bob"),
          Map.entry("content", "Staging is deployed by hand, with bin/deploy"),
          Map.entry("rememberedBy", "Grace"),
          Map.entry("peerName", "Grace"),
          Map.entry("sessionName", "Grace on laptop"),
          Map.entry("language", "english"),
          Map.entry("stream", "builds"),
          Map.entry("publishedBy", "Grace"),
          Map.entry("createdBy", "Grace"),
          Map.entry("author", "Grace"),
          Map.entry("password", "correct horse battery"),
          Map.entry("current", "staple it instead"),
          Map.entry("user_code", "BCDF-GHJK"),
          Map.entry("device_name", "ada-laptop"),
          Map.entry("device", "linux amd64"),
          Map.entry("kind", "session"),
          Map.entry("verification_url", "http://127.0.0.1:7900/cli-auth?code=BCDF-GHJK"),
          Map.entry("instructions", "1. Read the change log.\n2. Tag the commit."),
          Map.entry("sql", "select name, count from part"),
          Map.entry("to", "@backend"),
          Map.entry("cron", "0 9 * * MON-FRI"),
          Map.entry("timezone", "Europe/Madrid"),
          Map.entry("scheduledId", "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"),
          Map.entry("problem", "no_recipients"),
          Map.entry("changedBy", "Grace"),
          Map.entry("memberId", "1234567890abcdefABCDEF1234567890"));

  /// Where a name means something else than elsewhere.
  private static final Map<String, String> EXCEPTIONS =
      Map.ofEntries(
          Map.entry("GroupRole.name", "backend/api"),
          Map.entry("Claim.name", "Bob"),
          Map.entry("Conflict.name", "Bob"),
          Map.entry("GroupRole.role", "lead"),
          Map.entry("Join.name", "backend/api"),
          Map.entry("Leave.name", "backend/api"),
          Map.entry("Join.role", "lead"),
          Map.entry("Permissions.mesh", "engine-room"),
          Map.entry("Ban.name", "Bob"),
          Map.entry("Create.title", "Repair the engine"),
          Map.entry("Task.title", "Repair the engine"),
          Map.entry("Recall.query", "staging deploy"),
          Map.entry("Recall.by", "Grace"),
          Map.entry("Get.query", "engine"),
          Map.entry("ErrorReply.code", "unknown_target"),
          Map.entry("Result.updatedAt", "2026-01-31T12:00:00.000Z"),
          Map.entry("ListScheduled.after", "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"),
          Map.entry("Listed.next", "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"),
          Map.entry("Schedule.message", "Stand-up in five minutes"),
          Map.entry("Schedule.subtype", "reminder"),
          Map.entry("Entry.message", "Stand-up in five minutes"));

  /// The entries of a list, or the keys of an object, of this name.
  private static final Map<String, List<String>> ENTRIES =
      Map.ofEntries(
          Map.entry("grants", List.of("dm", "broadcast")),
          Map.entry("capabilities", List.of("client_ack", "group_e2e")),
          Map.entry("groups", List.of("@backend", "@backend/api")),
          Map.entry("yourGroups", List.of("@backend")),
          Map.entry("waiting", List.of("busy", "offline")),
          Map.entry("stats", List.of("messagesIn", "messagesOut")),
          Map.entry("permissions", List.of("canInvite", "canSend")),
          Map.entry("tasks", List.of("open", "claimed", "done")),
          Map.entry("affected", List.of("Ada")),
          Map.entry("changes", List.of("displayName")),
          Map.entry("columns", List.of("name", "count")),
          Map.entry("columnTypes", List.of("text", "int4")),
          Map.entry("filesRead", List.of("src/Engine.java", "README.md")),
          Map.entry("keyFindings", List.of("The pump leaks", "Nobody uses valve 3")),
          Map.entry("globs", List.of("src/api/**", "docs/*.md")));

  private Samples() {}

  /// Every field that the record has.
  static ObjectNode full(Class<?> record) {
    ObjectNode object = JSON.objectNode();
    for (Field field : Field.of(record)) {
      object.set(field.name(), value(field, field.shape()));
    }
    return object;
  }

  private static JsonNode value(Field field, Shape shape) {
    return switch (shape) {
      case Shape.Text text -> JSON.stringNode(text(field));
      case Shape.Whole whole -> JSON.numberNode(number(field));
      case Shape.Decimal decimal ->
          field.name().equals("speed") ? JSON.numberNode(10) : JSON.numberNode(1_770_000_000_000L);
      case Shape.Flag flag -> JSON.booleanNode(true);
      case Shape.Moment moment -> JSON.stringNode("2026-01-31T12:00:00.000Z");
      case Shape.Choice choice -> JSON.stringNode(choice.values().getFirst());
      case Shape.Nested nested -> full(nested.record());
      case Shape.Anything anything -> JSON.objectNode().put("name", "Ada").put("count", 2);
      case Shape.Listing listing -> list(field, listing);
      case Shape.Table table -> table(field, table);
    };
  }

  private static ArrayNode list(Field field, Shape.Listing listing) {
    ArrayNode list = JSON.arrayNode();
    if (listing.entry() instanceof Shape.Text) {
      ENTRIES.getOrDefault(field.name(), List.of("first", "second")).forEach(list::add);
    } else {
      list.add(value(field, listing.entry()));
    }
    return list;
  }

  private static ObjectNode table(Field field, Shape.Table table) {
    ObjectNode object = JSON.objectNode();
    List<String> keys =
        field.name().equals("grants")
            ? List.of(bytes("memberPubkey", 32))
            : ENTRIES.get(field.name());
    keys.forEach(key -> object.set(key, value(field, table.entry())));
    return object;
  }

  private static String text(Field field) {
    String name = field.name();
    String exception =
        EXCEPTIONS.get(field.component().getDeclaringRecord().getSimpleName() + "." + name);
    if (exception != null) {
      return exception;
    }
    if (field.hexBytes().isPresent()) {
      return bytes(name, field.hexBytes().getAsInt());
    }
    if (TEXTS.containsKey(name)) {
      return TEXTS.get(name);
    }
    String lower = name.toLowerCase(java.util.Locale.ROOT);
    if (lower.contains("x25519")) {
      return base64(Base64.getUrlEncoder().withoutPadding(), name, 32);
    }
    if (lower.endsWith("pubkey")
        || lower.equals("sealedby")
        || lower.endsWith("bykey")
        || lower.equals("assigneekey")
        || lower.equals("recipientkey")
        || lower.equals("recipient")) {
      return bytes(name, 32);
    }
    if (lower.endsWith("signature")) {
      return bytes(name, 64);
    }
    if (lower.startsWith("sealed")) {
      return base64(Base64.getUrlEncoder().withoutPadding(), name, 80);
    }
    if (name.equals("nonce")) {
      return base64(Base64.getEncoder(), name, 24);
    }
    if (name.equals("ciphertext")) {
      return base64(Base64.getEncoder(), name, 20);
    }
    if (lower.endsWith("token") || lower.endsWith("root_key")) {
      return base64(Base64.getUrlEncoder().withoutPadding(), name, 32);
    }
    return lower.endsWith("id") ? bytes(name, 16) : name;
  }

  private static long number(Field field) {
    return switch (field.name()) {
      case "expires_at" -> 1_770_000_000L;
      case "ttlSeconds" -> 1_800;
      case "timestamp" -> 1_769_999_999_000L;
      case "timeoutMs" -> 60_000;
      case "v", "protocolVersion" -> 1;
      case "version", "epoch" -> 2;
      default -> 7;
    };
  }

  private static String bytes(String name, int count) {
    return HexFormat.of().formatHex(random(name, count));
  }

  private static String base64(Base64.Encoder encoder, String name, int count) {
    return encoder.encodeToString(random(name, count));
  }

  /// The same bytes for the same name, on every machine.
  private static byte[] random(String name, int count) {
    long seed = 0;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      seed = seed * 31 + b;
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
