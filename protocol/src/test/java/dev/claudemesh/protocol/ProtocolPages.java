package dev.claudemesh.protocol;

import dev.claudemesh.protocol.crypto.Canonical;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The reference pages, made from the catalogue: an index, a page a room, and the table of
/// problems.
final class ProtocolPages {
  private static final Path PROTOCOL = Path.of(System.getProperty("claudemesh.root"), "protocol");
  private static final List<String> ROOMS =
      List.of("connection", "presence", "groups", "messaging", "meshes", "invites", "members");

  private ProtocolPages() {}

  /// File name and text of each page.
  static Map<String, String> all() {
    Map<String, String> pages = new TreeMap<>();
    pages.put("README.md", index());
    pages.put("problems.md", problems());
    for (String room : rooms()) {
      pages.put(room + ".md", room(room));
    }
    return pages;
  }

  /// Every room that has an operation or a frame, the known ones in the order in which one meets
  /// them.
  private static List<String> rooms() {
    Set<String> rooms = new LinkedHashSet<>(ROOMS);
    Catalog.operations().forEach(op -> rooms.add(op.room()));
    Catalog.frames().values().stream()
        .map(ProtocolPages::roomOf)
        .filter(room -> !room.equals("protocol"))
        .forEach(rooms::add);
    return List.copyOf(rooms);
  }

  private static String index() {
    StringBuilder page =
        new StringBuilder(resource("protocol-intro.md").replace("@CANONICAL@", canonical()));
    page.append(
        "\n## All operations\n\n| Operation | What it does | Room | Over |\n|---|---|---|---|\n");
    for (String room : rooms()) {
      for (Catalog.Op op : operations(room)) {
        page.append(
            "| [`%s`](%s.md#%s) | %s | %s | %s |\n"
                .formatted(op.type(), room, op.type(), op.operation().summary(), room, ways(op)));
      }
    }
    page.append(
        "\n## All frames from the broker\n\n| Frame | What it tells | Room |\n|---|---|---|\n");
    page.append(
        "| [`error`](problems.md) | %s | |\n"
            .formatted(ErrorReply.class.getAnnotation(Frame.class).summary()));
    for (String room : rooms()) {
      frames(room)
          .forEach((type, record) ->
              page.append(
                  "| [`%s`](%s.md#%s) | %s | %s |\n"
                      .formatted(
                          type,
                          room,
                          anchor(type, room),
                          record.getAnnotation(Frame.class).summary(),
                          room)));
    }
    return page.toString();
  }

  private static String canonical() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(
        "`hello`, by the member; and by the session key as `sessionSignature`",
        Canonical.hello("meshId", "memberId", "pubkey", 1770000000000d));
    texts.put(
        "`session_hello`, by the session",
        Canonical.sessionHello("meshId", "parentMemberPubkey", "sessionPubkey", 1770000000000d));
    texts.put(
        "its `parentAttestation`, by the member",
        Canonical.attestation("parentMemberPubkey", "sessionPubkey", 1770000000000d));
    texts.put(
        "an invite, by the owner",
        Canonical.inviteV2("meshId", "invite_id", 1770000000, "member", "ownerPubkey"));
    texts.put(
        "an invite, by an admin",
        Canonical.inviteV3("meshId", "invite_id", 1770000000, "member", "issuerPubkey"));
    texts.put(
        "a claim, by the newcomer",
        Canonical.claim("ABCD2345", "recipient_x25519_pubkey", 1770000000000L));
    texts.put(
        "a sealed mesh key, by the sealer",
        Canonical.seal("meshId", 1, "memberPubkey", "sealedKey"));
    texts.put(
        "an HTTP call",
        Canonical.httpCall("POST", "/path?with=query", "sha256-of-body", 1770000000000L, "nonce"));
    return "| What | Text |\n|---|---|\n"
        + texts.entrySet().stream()
            .map(text ->
                "| " + text.getKey() + " | `" + text.getValue().replace("|", "\\|") + "` |\n")
            .collect(Collectors.joining())
            .stripTrailing();
  }

  private static String problems() {
    StringBuilder page =
        new StringBuilder(
            """
            # Problems

            Every way to fail that leaves the broker, or that a client names by itself. Over the socket as an `error` frame, over HTTP as the body of an
            answer with that status; a command ends with the exit code. *Again* says whether the same request may succeed later, unchanged.

            """);
    page.append("| Code | What it means | HTTP | Exit | Again |\n|---|---|---|---|---|\n");
    for (ProblemCode code : ProblemCode.values()) {
      page.append(
          "| `%s` | %s | %d | %d | %s |\n"
              .formatted(
                  code.wireName(),
                  code.meaning(),
                  code.httpStatus(),
                  code.exitCode(),
                  code.retryable() ? "yes" : "no"));
    }
    page.append("\n## `error`\n\n")
        .append(fields(ErrorReply.class, new LinkedHashSet<>()))
        .append(example("protocol", "frames", "error"));
    return page.toString();
  }

  private static String room(String room) {
    Intro intro = Intro.of(room);
    StringBuilder page = new StringBuilder("# " + intro.title + "\n\n" + intro.about + "\n");
    if (!intro.invariants.isEmpty()) {
      page.append("\nWhat always holds: ").append(intro.invariants).append("\n");
    }
    Set<Class<?>> objects = new LinkedHashSet<>();
    List<Catalog.Op> operations = operations(room);
    if (!operations.isEmpty()) {
      page.append("\n## Operations\n");
      operations.forEach(op -> page.append(operation(op, objects)));
    }
    Map<String, Class<? extends Record>> frames = frames(room);
    if (!frames.isEmpty()) {
      page.append("\n## Frames from the broker\n");
      frames.forEach((type, record) -> page.append(frame(type, room, record, objects)));
    }
    page.append(objects(objects));
    return page.append("\n[All operations](README.md) · [Problems](problems.md)\n").toString();
  }

  private static String operation(Catalog.Op op, Set<Class<?>> objects) {
    Operation operation = op.operation();
    String reply = Catalog.frameType(op.reply());
    String replyRoom = roomOf(op.reply());
    StringBuilder text =
        new StringBuilder("\n### `" + op.type() + "`\n\n" + operation.summary() + ".\n\n");
    text.append("* Who: ").append(who(operation.access())).append("\n");
    text.append("* Over: ").append(ways(op)).append("\n");
    if (!operation.cli().isEmpty()) {
      text.append("* Command: `claudemesh ").append(operation.cli()).append("`\n");
    }
    text.append("* Effect: ").append(effect(operation.effect())).append("\n");
    if (operation.effect() != Operation.Effect.READ) {
      text.append("* Audit: ").append(audit(op)).append("\n");
    }
    text.append("* Answer: [`")
        .append(reply)
        .append("`](")
        .append(replyRoom)
        .append(".md#")
        .append(anchor(reply, replyRoom))
        .append(")");
    text.append(operation.quiet() ? ", only to a request with a `_reqId` (*quiet*)\n\n" : "\n\n");
    return text.append(fields(op.record(), objects))
        .append(example(op.room(), "requests", op.type()))
        .toString();
  }

  private static String audit(Catalog.Op op) {
    if (!op.audited()) {
      return "not kept";
    }
    if (op.type().equals("send")) {
      return "kept as `message_sent`: target and priority, several of about a second counted as one";
    }
    List<String> untold =
        Field.of(op.record()).stream()
            .filter(field -> !field.audited())
            .map(field -> "`" + field.name() + "`")
            .toList();
    return untold.isEmpty() ? "kept" : "kept, without " + String.join(", ", untold);
  }

  private static String frame(
      String type, String room, Class<? extends Record> record, Set<Class<?>> objects) {
    String kind =
        Event.class.isAssignableFrom(record) ? "Comes unasked" : "Answers " + answered(record);
    String heading = "\n### `" + type + "`" + (anchor(type, room).equals(type) ? "" : " (frame)");
    return heading
        + "\n\n"
        + record.getAnnotation(Frame.class).summary()
        + ". "
        + kind
        + ".\n\n"
        + fields(record, objects)
        + example(room, "frames", type);
  }

  private static String answered(Class<?> reply) {
    List<String> asked =
        Catalog.operations().stream()
            .filter(op -> op.reply() == reply)
            .map(op -> "[`" + op.type() + "`](" + op.room() + ".md#" + op.type() + ")")
            .toList();
    return asked.size() > 6 ? "many operations" : String.join(", ", asked);
  }

  private static String objects(Set<Class<?>> objects) {
    StringBuilder text = new StringBuilder();
    Set<Class<?>> printed = new LinkedHashSet<>();
    while (printed.size() < objects.size()) {
      for (Class<?> record : List.copyOf(objects)) {
        if (printed.add(record)) {
          text.append("\n### ")
              .append(record.getSimpleName())
              .append("\n\n")
              .append(fields(record, objects));
        }
      }
    }
    return text.isEmpty() ? "" : "\n## Objects inside\n" + text;
  }

  private static String fields(Class<?> record, Set<Class<?>> objects) {
    List<Field> fields = Field.of(record);
    if (fields.isEmpty()) {
      return "No fields.\n";
    }
    StringBuilder table =
        new StringBuilder("| Field | Type | Needed | Limits | Meaning |\n|---|---|---|---|---|\n");
    for (Field field : fields) {
      table.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  field.name(),
                  type(field.shape(), objects),
                  field.required() ? "yes" : "",
                  limits(field),
                  field.doc().orElse("").replace("|", "\\|")));
    }
    return table.toString();
  }

  private static String type(Shape shape, Set<Class<?>> objects) {
    return switch (shape) {
      case Shape.Nested nested -> {
        objects.add(nested.record());
        String name = nested.record().getSimpleName();
        yield "[" + name + "](#" + name.toLowerCase(java.util.Locale.ROOT) + ")";
      }
      case Shape.Listing listing -> "list of " + type(listing.entry(), objects);
      case Shape.Table table ->
          "object of " + type(table.entry(), objects) + (table.nullable() ? " or null" : "");
      case Shape.Choice choice ->
          choice.values().stream()
              .map(value -> "`" + value + "`")
              .collect(Collectors.joining(", "));
      case Shape simple -> simple.inWords();
    };
  }

  private static String limits(Field field) {
    List<String> limits = new ArrayList<>();
    field
        .size()
        .ifPresent(size -> {
          String unit = field.shape() instanceof Shape.Text ? "characters" : "entries";
          String each = size.each() > 0 ? " of " + size.each() + " characters" : "";
          limits.add(
              size.min() > 0
                  ? size.min() + " to " + size.value() + " " + unit + each
                  : "at most " + size.value() + " " + unit + each);
        });
    field.range().ifPresent(range -> limits.add(range.min() + " to " + range.max()));
    field.hexBytes().ifPresent(bytes -> limits.add(2 * bytes + " hex characters"));
    if (field.isId()) {
      limits.add("1 to 128 of A-Z a-z 0-9 _ . : -");
    }
    return String.join(", ", limits);
  }

  private static String who(Access access) {
    return switch (access) {
      case OPEN -> "anyone; the request proves itself what it must";
      case SIGNED -> "whoever signs the call, with any key";
      case ACCOUNT -> "whoever sends the token of an account";
      case MEMBER -> "every member";
      case SELF -> "every member, but not a session that was given fewer permissions";
      case SEND -> "members with `canSend`";
      case WRITE -> "members with `canWriteState`";
      case TOOLS -> "members with `canUseTools`";
      case INVITE -> "members with `canInvite`";
      case ADMIN -> "the owner and admins";
      case MANAGE_PERMISSIONS -> "members with `canManagePermissions`";
      case DELETE_MESH -> "members with `canDeleteMesh`";
    };
  }

  private static String effect(Operation.Effect effect) {
    return switch (effect) {
      case READ -> "changes nothing";
      case REPEATABLE -> "calling it again with the same fields changes nothing more";
      case WRITE -> "changes something each time";
      case DESTROY -> "removes what others may rely on";
    };
  }

  private static String ways(Catalog.Op op) {
    List<String> ways = new ArrayList<>();
    if (op.onSocket()) {
      ways.add("socket");
    }
    op.route().ifPresent(route -> ways.add("`" + route.method() + " " + route.path() + "`"));
    op.tool().ifPresent(name -> ways.add("MCP tool `" + name + "`"));
    if (!op.operation().cli().isEmpty()) {
      ways.add("`claudemesh " + op.operation().cli() + "`");
    }
    return String.join(", ", ways);
  }

  private static String example(String room, String kind, String type) {
    Path golden =
        PROTOCOL.resolve(Path.of("src", "test", "resources", "golden", room, kind, type + ".json"));
    return "\n<details><summary>With every field</summary>\n\n```json\n"
        + read(golden)
        + "```\n\n</details>\n";
  }

  private static List<Catalog.Op> operations(String room) {
    return Catalog.operations().stream().filter(op -> op.room().equals(room)).toList();
  }

  private static Map<String, Class<? extends Record>> frames(String room) {
    Map<String, Class<? extends Record>> frames = new LinkedHashMap<>();
    Catalog.frames()
        .forEach((type, record) -> {
          if (roomOf(record).equals(room)) {
            frames.put(type, record);
          }
        });
    return frames;
  }

  /// A frame of the same name as an operation of its room stands under another heading.
  private static String anchor(String type, String room) {
    return Catalog.operation(type).filter(op -> op.room().equals(room)).isPresent()
        ? type + "-frame"
        : type;
  }

  private static String roomOf(Class<?> record) {
    return record.getPackageName().replaceFirst(".*\\.", "");
  }

  private static String resource(String name) {
    return read(PROTOCOL.resolve(Path.of("src", "test", "resources", "docs", name)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the room's own package-info says.
  private record Intro(String title, String about, String invariants) {
    private static final Pattern FORM =
        Pattern.compile(
            "Room ([a-z]+): (.*?)(?: Tables: .*?)?(?: Invariants?: (.*))?", Pattern.DOTALL);

    static Intro of(String room) {
      Path file =
          PROTOCOL.resolve(
              Path.of(
                  "src",
                  "main",
                  "java",
                  "dev",
                  "claudemesh",
                  "protocol",
                  room,
                  "package-info.java"));
      String text =
          Stream.of(read(file).split("\n"))
              .filter(line -> line.startsWith("///"))
              .map(line -> line.substring(3).strip())
              .filter(line -> !line.isEmpty())
              .collect(Collectors.joining(" "));
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalStateException(
            file + " must read: Room name: what it is. Tables: … Invariants: …");
      }
      return new Intro(
          capital(matcher.group(1)),
          capital(matcher.group(2)),
          matcher.group(3) == null ? "" : matcher.group(3));
    }

    private static String capital(String text) {
      return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
  }
}
